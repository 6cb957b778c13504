internal import Crypto

/// HMAC-SHA-256 (RFC 2104), of which HKDF (RFC 5869) consists: Web Push never derives more than 32 bytes, so HKDF-Expand is
/// one HMAC too.
///
/// Written out over SHA256 because the library's `HMAC` copies its key several times on the heap: five of them, as a message
/// needs, would cost more than everything else that isn't elliptic curves.
func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var inner = SHA256()
    inner.update(data: block(of: key, xor: 0x36))
    inner.update(data: message)
    var outer = SHA256()
    outer.update(data: block(of: key, xor: 0x5C))
    inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
    return outer.finalize().withUnsafeBytes { Array($0) }
}

/// A key or a nonce for a record: HKDF-Expand of one pseudorandom key.
func expand(_ pseudorandomKey: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
    Array(hmac(info, key: pseudorandomKey).prefix(count))
}

/// The key filled up to a block of the hash; one that is longer than a block is hashed first.
private func block(of key: [UInt8], xor pad: UInt8) -> [UInt8] {
    let key = key.count <= SHA256.blockByteCount ? key : Array(SHA256.hash(data: key))
    var block = [UInt8](repeating: pad, count: SHA256.blockByteCount)
    for index in key.indices { block[index] ^= key[index] }
    return block
}
