//! A plain graph as a document: two halves of routers, each with links at random within itself, one endpoint of
//! マイナンバー利用事務系 on the one and one of インターネット接続系 on the other.

use crate::lists::Random;

/// So many nodes, five links a node. With `crossing`, one link joins the halves.
pub fn document(nodes: usize, crossing: bool) -> String {
    let mut random = Random::new(5);
    let half = (nodes / 2).max(2);
    let mut out = String::with_capacity(nodes * 180);
    out += "{\"sanso\":1,\"nodes\":[\n{\"id\":\"inner\",\"zone\":\"my-number\"},\n{\"id\":\"outer\",\"zone\":\"internet\"}";
    for node in 2..nodes {
        out += &format!(",\n{{\"id\":\"r{node}\",\"kind\":\"router\"}}");
    }
    out += "],\"links\":[\n[\"inner\",\"r2\"]";
    out += &format!(",\n[\"outer\",\"r{half}\"]");
    for _ in 0..(nodes * 5 - 3) {
        let (base, size) = if random.below(2) == 0 { (2, half - 2) } else { (half, nodes - half) };
        let one = random.below(size as u32) as usize;
        let other = (one + 1 + random.below(size as u32 - 1) as usize) % size;
        out += &format!(",\n[\"r{}\",\"r{}\"]", base + one, base + other);
    }
    if crossing {
        out += &format!(",\n[\"r2\",\"r{half}\"]");
    }
    out + "]}\n"
}
