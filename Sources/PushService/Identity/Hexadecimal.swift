/// The textual forms of a 128-bit identifier: 32 hex digits, or a UUID's 8-4-4-4-12 (RFC 9562 §4).
struct Hexadecimal128 {
    let value: UInt128

    init(_ value: UInt128) { self.value = value }

    /// Sixteen bytes, most significant first.
    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// 32 hex digits of either case.
    init?(digits: some StringProtocol) {
        guard digits.utf8.count == 32, digits.utf8.allSatisfy(isHexDigit) else { return nil }
        guard let value = UInt128(digits, radix: 16) else { return nil }
        self.value = value
    }

    /// A UUID with its four dashes, digits of either case.
    init?(dashed text: some StringProtocol) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
        self.init(digits: groups.joined())
    }

    var bytes: [UInt8] { (0..<16).map { UInt8(truncatingIfNeeded: value >> UInt128(120 - 8 * $0)) } }

    var digits: String { String(decoding: characters, as: UTF8.self) }

    var dashed: String {
        let digits = characters
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
            .map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }

    private var characters: [UInt8] {
        let alphabet = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 0xF)]] }
    }
}

private func isHexDigit(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"):
        true
    default: false
    }
}
