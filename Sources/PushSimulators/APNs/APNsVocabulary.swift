/// The words of APNs's requests.
enum APNsVocabulary {
    /// What follows the bundle id in `apns-topic`, by push type.
    static let suffixes = [
        "alert": "", "background": "", "voip": ".voip", "complication": ".complication", "fileprovider": ".pushkit.fileprovider",
        "liveactivity": ".push-type.liveactivity", "location": ".location-query", "pushtotalk": ".voip-ptt",
        "widgets": ".push-type.widgets", "controls": ".push-type.controls",
    ]
    static let pushTypes = Set(suffixes.keys).union(["mdm"])
    /// Refused with a certificate.
    static let typesOfTokensOnly: Set<String> = ["location", "liveactivity", "widgets", "controls"]

    private static let longestFirst = Set(suffixes.values).filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }

    static func split(topic: String) -> (bundleID: String, suffix: String) {
        for suffix in longestFirst where topic.hasSuffix(suffix) { return (String(topic.dropLast(suffix.count)), suffix) }
        return (topic, "")
    }

    static func isTopicByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Its length may change, so says Apple; it is bytes in hex in any case.
    static func isDeviceToken(_ text: String) -> Bool {
        let digits = text.utf8.count
        return digits > 0 && digits % 2 == 0 && digits <= 1024 && text.utf8.allSatisfy(isHexDigit)
    }

    /// 8-4-4-4-12 hex digits.
    static func isUUID(_ text: String) -> Bool {
        guard text.utf8.count == 36 else { return false }
        for (index, byte) in text.utf8.enumerated() {
            let isDash = index == 8 || index == 13 || index == 18 || index == 23
            guard isDash ? byte == UInt8(ascii: "-") : isHexDigit(byte) else { return false }
        }
        return true
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }
}

/// Random UUIDs (RFC 9562 §5.4), lower case.
enum UUIDText {
    private static let digits = Array("0123456789abcdef".utf8)

    static func make(with generator: inout SeededChance) -> String {
        let high: UInt64 = generator.next() & ~0xF000 | 0x4000
        let low: UInt64 = generator.next() & ~(0xC0 << 56) | 0x80 << 56
        return String(unsafeUninitializedCapacity: 36) { text in
            var position = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    text[position] = UInt8(ascii: "-")
                    position += 1
                }
                let half = nibble < 16 ? high : low
                text[position] = digits[Int(half >> UInt64(60 - nibble % 16 * 4) & 0xF)]
                position += 1
            }
            return 36
        }
    }
}
