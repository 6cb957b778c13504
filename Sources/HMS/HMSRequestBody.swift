import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Whom a request is for.
public enum HMSTarget: Sendable, Hashable {
    /// 1 to ``HMSLimits/tokens``.
    case tokens([String])
    /// v1 and v2 only.
    case topic(String)
    /// v1 and v2 only: up to five topics, `'a' in topics && 'b' in topics`.
    case condition(String)
}

/// The body of `messages:send` around a hole for its target: made once for a push, filled for each request. What stands around the hole is
/// never parsed and written again.
public struct HMSRequestBody: Sendable, Hashable {
    private let beforeTarget: [UInt8]
    private let afterTarget: [UInt8]
    private let takesTokensAlone: Bool

    /// v1 and v2: `{"message":{…}}`.
    ///
    /// - Parameters:
    ///   - message: the JSON object `message` without a target.
    ///   - validateOnly: Huawei checks the request and sends nothing.
    /// - Throws: `invalidJSON`, `tooLarge`.
    public init(message: String, validateOnly: Bool = false) throws(HMSError) {
        let members = try jsonObject(message, "message")
        for target in ["token", "topic", "condition"] where members[target] != nil {
            throw HMSError(.invalidJSON, field: target, "the target is not part of the message; leave it out")
        }
        try checkClickAction(members)
        // What reads as a message is held to its rules; what doesn't may know members that we don't.
        try (try? JSONDecoder().decode(HMSMessage.self, from: Data(message.utf8)))?.check()
        try check(!members.isEmpty, "message", "there is nothing in it: give data or a notification")
        self.init(trusted: Array(message.utf8), validateOnly: validateOnly)
        try checkSize()
    }

    /// - Throws: `invalidField`, `tooLarge`.
    public init(_ message: HMSMessage, validateOnly: Bool = false) throws(HMSError) {
        try message.check()
        self.init(trusted: encodedJSON(message), validateOnly: validateOnly)
        try checkSize()
    }

    /// v3: `{"payload":{…},"pushOptions":{…},"target":{…}}`.
    ///
    /// - Parameters:
    ///   - payload: the JSON object `payload`.
    ///   - pushOptions: the JSON object `pushOptions`.
    /// - Throws: `invalidJSON`, `tooLarge`.
    public init(payload: String, pushOptions: String) throws(HMSError) {
        _ = try jsonObject(payload, "payload")
        _ = try jsonObject(pushOptions, "pushOptions")
        self.init(trustedPayload: Array(payload.utf8), pushOptions: Array(pushOptions.utf8))
        try checkSize()
    }

    /// - Throws: `invalidField`, `tooLarge`.
    public init(_ message: HarmonyMessage) throws(HMSError) {
        try message.check()
        self.init(trustedPayload: encodedJSON(message.payload), pushOptions: encodedJSON(message.pushOptions))
        try checkSize()
    }

    private init(trustedPayload payload: [UInt8], pushOptions: [UInt8]) {
        beforeTarget = Array(#"{"payload":"#.utf8) + payload + Array(#","pushOptions":"#.utf8) + pushOptions + Array(#","target":{"#.utf8)
        afterTarget = Array("}}".utf8)
        takesTokensAlone = true
    }

    /// - Parameter message: an object that has members.
    private init(trusted message: [UInt8], validateOnly: Bool) {
        let start = (message.firstIndex(of: UInt8(ascii: "{")) ?? 0) + 1
        beforeTarget = Array((validateOnly ? #"{"validate_only":true,"message":"# : #"{"message":"#).utf8) + message[..<start]
        afterTarget = [UInt8(ascii: ",")] + message[start...] + [UInt8(ascii: "}")]
        takesTokensAlone = false
    }

    /// Without the target's own bytes, as Huawei counts.
    public var sizeBytes: Int { beforeTarget.count + afterTarget.count }

    private func checkSize() throws(HMSError) {
        guard sizeBytes <= HMSLimits.bodyBytes else {
            throw HMSError(
                .tooLarge,
                """
                the request has \(sizeBytes) bytes without its tokens; Huawei takes \(HMSLimits.bodyBytes): shorten the texts or send a \
                link to the rest
                """)
        }
    }

    /// - Throws: `invalidField` for a number of tokens that Huawei refuses.
    public func bytes(to target: HMSTarget) throws(HMSError) -> [UInt8] {
        var body = beforeTarget
        switch target {
        case .tokens(let tokens):
            try check((1...HMSLimits.tokens).contains(tokens.count), "token", "give 1 to \(HMSLimits.tokens) tokens, not \(tokens.count)")
            body.reserveCapacity(sizeBytes + tokens.reduce(16) { $0 + $1.utf8.count + 3 })
            body += #""token":["#.utf8
            for (index, token) in tokens.enumerated() {
                if index > 0 { body.append(UInt8(ascii: ",")) }
                appendString(token, to: &body)
            }
            body.append(UInt8(ascii: "]"))
        case .topic(let topic):
            try check(!takesTokensAlone, "topic", "v3 has no topics; send to tokens")
            body += #""topic":"#.utf8
            appendString(topic, to: &body)
        case .condition(let condition):
            try check(!takesTokensAlone, "condition", "v3 has no conditions; send to tokens")
            body += #""condition":"#.utf8
            appendString(condition, to: &body)
        }
        return body + afterTarget
    }
}

/// - Throws: `invalidField`.
private func checkClickAction(_ message: [String: JSONValue]) throws(HMSError) {
    guard case .object(let android) = message["android"], case .object(let notification) = android["notification"] else { return }
    try check(
        notification["click_action"] != nil, "android.notification.click_action", "it is mandatory: {\"type\":3} opens the app")
}

/// Tokens are plain ASCII, nearly always; whatever else a device said is escaped.
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

/// - Throws: `invalidJSON`.
func jsonObject(_ text: String, _ field: String) throws(HMSError) -> [String: JSONValue] {
    do {
        return try JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
    } catch {
        throw HMSError(.invalidJSON, field: field, "this is no JSON object")
    }
}

func encodedJSON(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    // Texts, whole numbers and dictionaries of them always encode.
    return (try? encoder.encode(value)).map(Array.init) ?? []
}
