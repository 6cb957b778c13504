/// Base64 with the URL-safe alphabet (RFC 4648 §5), in which Web Push writes every key, salt and token.
public enum Base64URL {
    /// - Returns: text without padding.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var pending: UInt32 = 0
        var pendingBits: UInt32 = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 6 {
                pendingBits -= 6
                text.append(letter(pending >> pendingBits))
            }
        }
        if pendingBits > 0 { text.append(letter(pending << (6 - pendingBits))) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads what is found in the wild: URL-safe or standard alphabet, padded or not.
    ///
    /// - Returns: nil when there is any other character, or when the length is one that no bytes have.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        decode(text.utf8)
    }

    static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.underestimatedCount * 3 / 4)
        var letters = 0
        var padding = 0
        var pending: UInt32 = 0
        for letter in text {
            if letter == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(of: letter) else { return nil }
            pending = pending << 6 | value
            letters += 1
            if letters % 4 != 1 { bytes.append(UInt8(truncatingIfNeeded: pending >> (6 - UInt32(letters - 1) % 4 * 2))) }
        }
        guard letters % 4 != 1, padding <= 2 else { return nil }
        return bytes
    }

    private static func letter(_ sixBits: UInt32) -> UInt8 {
        let value = UInt8(sixBits & 63)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }

    private static func value(of letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"), UInt8(ascii: "+"): 62
        case UInt8(ascii: "_"), UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
