#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The body of `messages:send` around a hole for its target: made once, filled for each request. What stands around the hole is never parsed
/// and written again.
public struct FCMRequestBody: Sendable, Hashable {
    private let beforeTarget: [UInt8]
    private let afterTarget: [UInt8]
    private let payloadBytes: Int

    /// - Parameter validateOnly: FCM checks everything, the target too, and delivers nothing.
    /// - Throws: `invalidField`, `tooLarge`.
    public init(_ message: FCMMessage, validateOnly: Bool = false) throws(FCMError) {
        try message.check()
        self.init(trusted: encodedJSON(message), payloadBytes: message.payloadBytes, validateOnly)
    }

    /// - Parameter message: the JSON object `message` without a target. It goes out byte for byte.
    /// - Throws: `invalidJSON`, `invalidField`, `tooLarge`.
    public init(message: String, validateOnly: Bool = false) throws(FCMError) {
        guard let members = try? JSONDecoder().decode([String: FCMJSON].self, from: Data(message.utf8)) else {
            throw FCMError(.invalidJSON, "this is no JSON object")
        }
        for target in ["fid", "token", "topic", "condition"] where members[target] != nil {
            throw FCMError(.invalidJSON, field: target, "the target is not part of the message; leave it out")
        }
        try FCM.check(!members.isEmpty, "message", "there is nothing in it: give data or a notification")
        // What reads as a message is held to its rules; what doesn't may have members that we don't know.
        let known = Self.known(message)
        try known?.check()
        self.init(trusted: Array(message.utf8), payloadBytes: known?.payloadBytes ?? 0, validateOnly)
    }

    /// - Parameter message: an object that has members.
    private init(trusted message: [UInt8], payloadBytes: Int, _ validateOnly: Bool) {
        let start = (message.firstIndex(of: UInt8(ascii: "{")) ?? 0) + 1
        let isEmpty = message[start...].first { !isSpace($0) } == UInt8(ascii: "}")
        beforeTarget = Array((validateOnly ? #"{"validate_only":true,"message":"# : #"{"message":"#).utf8) + message[..<start]
        afterTarget = (isEmpty ? [] : [UInt8(ascii: ",")]) + message[start...] + [UInt8(ascii: "}")]
        self.payloadBytes = payloadBytes
    }

    /// Both spellings of names: FCM takes either.
    private static func known(_ message: String) -> FCMMessage? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(FCMMessage.self, from: Data(message.utf8))
    }

    /// - Throws: `tooLarge`, since topics take only half of what devices do.
    public func bytes(to target: FCMTarget) throws(FCMError) -> [UInt8] {
        try checkSize(payloadBytes, target.payloadLimitBytes)
        let (name, value) = target.member
        var body: [UInt8] = []
        body.reserveCapacity(beforeTarget.count + afterTarget.count + value.utf8.count + 16)
        body += beforeTarget
        body.append(UInt8(ascii: "\""))
        body += name.utf8
        body += [UInt8(ascii: "\""), UInt8(ascii: ":")]
        appendString(value, to: &body)
        body += afterTarget
        return body
    }
}

/// - Throws: `tooLarge`.
func checkSize(_ payloadBytes: Int, _ limitBytes: Int) throws(FCMError) {
    guard payloadBytes <= limitBytes else {
        throw FCMError(
            .tooLarge,
            "data and notification have \(payloadBytes) bytes of keys and values; FCM takes \(limitBytes): shorten the texts or send a link to the rest")
    }
}

private func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

/// Targets are plain ASCII, nearly always; whatever else somebody said is escaped.
private func appendString(_ text: String, to body: inout [UInt8]) {
    let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    guard isPlain else {
        body += encodedJSON(text)
        return
    }
    body.append(UInt8(ascii: "\""))
    body += text.utf8
    body.append(UInt8(ascii: "\""))
}

func encodedJSON(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    // Texts, finite numbers and dictionaries of them always encode.
    return (try? encoder.encode(value)).map(Array.init) ?? []
}
