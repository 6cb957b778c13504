import PushSender

/// Reads the lines that most files are made of, faster than a decoder that can read everything: known fields, strings without escapes,
/// whole numbers. Whatever is not like that is left to the decoder, and what is means the same to both.
struct PlainDeviceLine {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// - Returns: nil for a line that ``DeviceLine/read(_:rawAt:)`` is to look at, because it is wrong or merely unusual.
    static func read(_ text: UnsafeBufferPointer<UInt8>) -> DeviceLine? {
        var reader = PlainDeviceLine(text: text)
        return reader.line()
    }

    private init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    private mutating func line() -> DeviceLine? {
        var words: [Field: String] = [:], topics: [String]?, tags: [String: TagValue?]?
        let isRead = members { name, reader in
            switch name {
            case "topics":
                guard topics == nil, let list = reader.strings() else { return false }
                topics = list
            case "tags":
                guard tags == nil, let map = reader.tags() else { return false }
                tags = map
            default:
                guard let field = Field(rawValue: name), words[field] == nil, let word = reader.string() else { return false }
                words[field] = word
            }
            return true
        }
        skipSpace()
        guard isRead, position == text.count, let provider = words[.provider] else { return nil }
        let token = TokenBody(
            provider: provider, subscription: nil, token: words[.token], environment: words[.environment], kind: words[.kind],
            appIdentifier: words[.app_identifier])
        let profile = ProfileBody(
            platform: words[.platform], locale: words[.locale], timeZone: words[.time_zone], appVersion: words[.app_version], tags: tags)
        return DeviceLine(
            registration: RegistrationBody(token: token, profile: profile, user: words[.user], topics: topics, identityToken: nil),
            id: words[.id])
    }

    /// What is one string. The other fields are rare.
    private enum Field: String {
        case provider, token, environment, kind, app_identifier, user, platform, locale, time_zone, app_version, id
    }

    // MARK: JSON

    /// - Parameter member: goes over a member's value; false stops.
    private mutating func members(_ member: (String, inout PlainDeviceLine) -> Bool) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        repeat {
            skipSpace()
            guard let name = string(), take(":"), member(name, &self) else { return false }
        } while take(",")
        return take("}")
    }

    private mutating func strings() -> [String]? {
        guard take("[") else { return nil }
        var list: [String] = []
        if take("]") { return list }
        repeat {
            guard let word = string() else { return nil }
            list.append(word)
        } while take(",")
        return take("]") ? list : nil
    }

    private mutating func tags() -> [String: TagValue?]? {
        var tags: [String: TagValue?] = [:]
        let isRead = members { name, reader in
            guard tags[name] == nil, let value = reader.tag() else { return false }
            tags[name] = value
            return true
        }
        return isRead ? tags : nil
    }

    private mutating func tag() -> TagValue? {
        skipSpace()
        guard position < text.count else { return nil }
        switch text[position] {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return word("true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .boolean(false) : nil
        default: return number().map { .number($0) }
        }
    }

    private mutating func string() -> String? {
        skipSpace()
        guard position < text.count, text[position] == UInt8(ascii: "\"") else { return nil }
        let start = position + 1
        var end = start
        while end < text.count, text[end] != UInt8(ascii: "\"") {
            guard text[end] >= 0x20, text[end] != UInt8(ascii: "\\") else { return nil }
            end += 1
        }
        guard end < text.count else { return nil }
        position = end + 1
        return String(validating: text[start..<end], as: UTF8.self)
    }

    /// Up to 15 digits: those a double holds exactly.
    private mutating func number() -> Double? {
        let start = position
        if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
        let digits = position
        while position < text.count, text[position].isDigit { position += 1 }
        let count = position - digits
        guard (1...15).contains(count), count == 1 || text[digits] != UInt8(ascii: "0") else { return nil }
        guard position < text.count, ![UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(text[position]) else { return nil }
        return Double(String(decoding: text[start..<position], as: UTF8.self))
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= text.count, (0..<word.utf8CodeUnitCount).allSatisfy({ text[position + $0] == word.utf8Start[$0] }) else {
            return false
        }
        position = end
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
