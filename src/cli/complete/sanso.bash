# Completion of sanso. Words, and names of the document on the line, come from sanso itself.
_sanso_complete() {
    # One answer a line; names may hold blanks, but no such character.
    local IFS=$'\013'
    local -a words=()
    local at current=0 joins=no
    for at in "${!COMP_WORDS[@]}"; do
        local word="${COMP_WORDS[at]}"
        # What stands behind the cursor is no part of what is to be completed.
        if ((at == COMP_CWORD)) && [[ $word != : ]]; then
            word="$2"
        fi
        # Bash parts words at colons; zone:lgwan is one.
        if [[ ${#words[@]} -gt 1 && ($word == : || $joins == yes) ]]; then
            words[${#words[@]}-1]+="$word"
        else
            words+=("$word")
        fi
        joins=no
        if [[ $word == : ]]; then joins=yes; fi
        if ((at == COMP_CWORD)); then
            current=$((${#words[@]} - 1))
            break
        fi
    done
    COMPREPLY=($(
        _CLAP_IFS="$IFS" _CLAP_COMPLETE_INDEX="$current" _CLAP_COMPLETE_COMP_TYPE="$COMP_TYPE" \
            _CLAP_COMPLETE_SPACE=false VARIABLE=bash COMPLETER -- "${words[@]}"
    ))
    if [[ $? != 0 ]]; then
        COMPREPLY=()
        return
    fi
    # Bash puts an answer in place of what stands behind the last colon.
    local typed="${words[current]}"
    if [[ $typed == *:* && $COMP_WORDBREAKS == *:* ]]; then
        local before="${typed%"${typed##*:}"}"
        COMPREPLY=("${COMPREPLY[@]#"$before"}")
    fi
    if [[ ${#COMPREPLY[@]} -eq 1 && ! ${COMPREPLY[0]} =~ [=/:]$ ]]; then
        compopt +o nospace 2>/dev/null
    fi
}
complete -o nospace -o bashdefault -F _sanso_complete BINARY
