//! Deflate (RFC 1951), unpacked.

struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
    held: u32,
    count: u32,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<usize> {
        while self.count < count {
            self.held |= u32::from(*self.bytes.get(self.at)?) << self.count;
            self.at += 1;
            self.count += 8;
        }
        let out = self.held & ((1u32 << count) - 1);
        self.held >>= count;
        self.count -= count;
        usize::try_from(out).ok()
    }
}

/// A code: how many words have each length, and the words in order.
struct Code {
    counts: [usize; 16],
    words: Vec<usize>,
}

impl Code {
    fn of(lengths: &[usize]) -> Self {
        let mut counts = [0; 16];
        lengths.iter().for_each(|length| counts[*length] += 1);
        counts[0] = 0;
        let mut starts = [0; 16];
        for length in 1..16 {
            starts[length] = starts[length - 1] + counts[length - 1];
        }
        let mut words = vec![0; lengths.iter().filter(|length| **length > 0).count()];
        for (word, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            words[starts[*length]] = word;
            starts[*length] += 1;
        }
        Self { counts, words }
    }

    fn word(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first, mut index) = (0usize, 0usize, 0usize);
        for length in 1..16 {
            code |= bits.take(1)?;
            let count = self.counts[length];
            if code < first + count {
                return self.words.get(index + code.checked_sub(first)?).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

const DISTANCES: [(usize, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// Unpacks raw deflate; `None` for what is none, or becomes more than `most` bytes.
#[must_use]
pub fn inflate(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut bits = Bits { bytes, at: 0, held: 0, count: 0 };
    let mut out = Vec::new();
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => {
                (bits.held, bits.count) = (0, 0);
                let length = usize::from(u16::from_le_bytes([*bytes.get(bits.at)?, *bytes.get(bits.at + 1)?]));
                out.extend_from_slice(bytes.get(bits.at + 4..bits.at + 4 + length)?);
                bits.at += 4 + length;
            }
            1 => {
                let mut lengths = [8; 288];
                lengths[144..256].fill(9);
                lengths[256..280].fill(7);
                block(&mut bits, &Code::of(&lengths), &Code::of(&[5; 30]), &mut out, most)?;
            }
            2 => {
                let (literals, distances) = codes(&mut bits)?;
                block(&mut bits, &literals, &distances, &mut out, most)?;
            }
            _ => return None,
        }
        if out.len() > most {
            return None;
        }
        if last {
            return Some(out);
        }
    }
}

fn codes(bits: &mut Bits<'_>) -> Option<(Code, Code)> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let (literals, distances, count) = (bits.take(5)? + 257, bits.take(5)? + 1, bits.take(4)? + 4);
    let mut lengths = [0; 19];
    for place in &ORDER[..count] {
        lengths[*place] = bits.take(3)?;
    }
    let code = Code::of(&lengths);
    let mut all: Vec<usize> = Vec::with_capacity(literals + distances);
    while all.len() < literals + distances {
        let (value, times) = match code.word(bits)? {
            16 => (*all.last()?, bits.take(2)? + 3),
            17 => (0, bits.take(3)? + 3),
            18 => (0, bits.take(7)? + 11),
            length => (length, 1),
        };
        all.extend(std::iter::repeat_n(value, times));
    }
    (all.len() == literals + distances).then(|| (Code::of(&all[..literals]), Code::of(&all[literals..])))
}

fn block(bits: &mut Bits<'_>, literals: &Code, distances: &Code, out: &mut Vec<u8>, most: usize) -> Option<()> {
    loop {
        match literals.word(bits)? {
            256 => return Some(()),
            word if word < 256 => out.push(u8::try_from(word).ok()?),
            word => {
                let (base, extra) = *LENGTHS.get(word - 257)?;
                let length = base + bits.take(extra)?;
                let (base, extra) = *DISTANCES.get(distances.word(bits)?)?;
                let distance = base + bits.take(extra)?;
                let from = out.len().checked_sub(distance)?;
                for at in from..from + length {
                    out.push(out[at]);
                }
            }
        }
        if out.len() > most {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inflate;

    #[test]
    fn stored_fixed_and_dynamic_blocks_unpack() {
        assert_eq!(inflate(&[1, 3, 0, 252, 255, b'a', b'b', b'c'], 9).as_deref(), Some(&b"abc"[..]));
        // `aaaaaaaaaa` by a fixed code: a literal and a length
        assert_eq!(inflate(&[0x4b, 0x4c, 0x84, 0x01, 0x00], 99).as_deref(), Some(&b"aaaaaaaaaa"[..]));
        assert_eq!(inflate(&[0x4b, 0x4c, 0x84, 0x01, 0x00], 4), None);
        assert_eq!(inflate(&[0x4b, 0x84], 99), None);
        assert_eq!(inflate(&[7], 99), None);
    }
}
