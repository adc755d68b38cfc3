//! The colours of reports, each for light and dark. Text on every surface here keeps a contrast of at least 4.5.

/// Name, light, dark.
const COLOURS: [(&str, &str, &str); 32] = [
    ("page", "#ffffff", "#14181d"),
    ("surface", "#f5f6f8", "#1d232a"),
    ("text", "#1b2430", "#e6e9ed"),
    ("quiet", "#525d6b", "#a9b3bf"),
    ("rule", "#cfd5dc", "#3a444f"),
    ("link", "#0b57a4", "#8fc0f5"),
    ("focus", "#0b57a4", "#ffd166"),
    ("good", "#14663a", "#7fd3a0"),
    ("good-soft", "#e6f4eb", "#17301f"),
    ("bad", "#a3161c", "#ff9d97"),
    ("bad-soft", "#fdeaea", "#3d1b1b"),
    ("care", "#7a4b00", "#f2c46d"),
    ("care-soft", "#fdf3dc", "#362a12"),
    ("excepted", "#5a3a94", "#c9b3f5"),
    ("excepted-soft", "#f1ecfa", "#2a2140"),
    ("none", "#525d6b", "#a9b3bf"),
    ("none-soft", "#eef0f3", "#262d35"),
    ("line", "#6d7885", "#8994a1"),
    ("box", "#ffffff", "#242c35"),
    ("box-line", "#4a5664", "#8c98a6"),
    ("zone-0", "#fdf1e4", "#2c2218"),
    ("zone-0-line", "#9a5212", "#e0a76f"),
    ("zone-1", "#e9f5ec", "#18291e"),
    ("zone-1-line", "#21683c", "#7fcb99"),
    ("zone-2", "#e8f1fb", "#172637"),
    ("zone-2-line", "#1f5b9e", "#86b9ef"),
    ("zone-3", "#f2edf9", "#251f33"),
    ("zone-3-line", "#5f4396", "#bda4ec"),
    ("zone-4", "#e6f4f4", "#152a2b"),
    ("zone-4-line", "#176767", "#72c4c4"),
    ("zone-5", "#f4f3e0", "#29291a"),
    ("zone-5-line", "#5f5f14", "#c6c670"),
];

/// The colours as declarations of CSS, for the dark or the light page.
pub(in crate::render) fn variables(dark: bool) -> String {
    let each = COLOURS.iter().map(|(name, light, night)| format!("--{name}:{};", if dark { night } else { light }));
    each.collect()
}

/// A style sheet with each `var(--name)` replaced by its light colour, for programs that do not know variables.
pub(super) fn plain(style: &str) -> String {
    let mut out = style.to_owned();
    for (name, light, _) in COLOURS {
        out = out.replace(&format!("var(--{name})"), light);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::COLOURS;

    /// Contrast of two colours by WCAG 2.
    fn contrast(one: &str, other: &str) -> f64 {
        let luminance = |colour: &str| {
            let part = |at: usize| {
                let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal")) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_surface() {
        let of = |name: &str| *COLOURS.iter().find(|(known, ..)| *known == name).expect("a colour");
        let surfaces = COLOURS.iter().filter(|(name, ..)| {
            matches!(*name, "page" | "surface" | "box")
                || name.ends_with("-soft")
                || (name.starts_with("zone") && !name.ends_with("line"))
        });
        for surface in surfaces {
            for text in ["text", "quiet", "link"] {
                let text = of(text);
                assert!(contrast(surface.1, text.1) >= 4.5, "{} on {}, light", text.0, surface.0);
                assert!(contrast(surface.2, text.2) >= 4.5, "{} on {}, dark", text.0, surface.0);
            }
            let own = surface.0.strip_suffix("-soft").map(str::to_owned);
            let own = own.or_else(|| surface.0.starts_with("zone").then(|| format!("{}-line", surface.0)));
            for text in own.into_iter().chain(["bad".to_owned()]) {
                let text = of(&text);
                assert!(contrast(surface.1, text.1) >= 4.5, "{} on {}, light", text.0, surface.0);
                assert!(contrast(surface.2, text.2) >= 4.5, "{} on {}, dark", text.0, surface.0);
            }
        }
    }
}
