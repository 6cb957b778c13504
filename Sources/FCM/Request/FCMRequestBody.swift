/// The body of `messages:send` around a hole for its target: made once, filled for each request. What stands around the hole is never
/// parsed and written again.
public struct FCMRequestBody: Sendable, Hashable {
    private let beforeTarget: [UInt8]
    private let afterTarget: [UInt8]
    private let payloadBytes: Int

    /// - Parameter validateOnly: FCM checks everything, the target too, and delivers nothing.
    /// - Throws: `invalidField`, `tooLarge`.
    public init(_ message: FCMMessage, validateOnly: Bool = false) throws(FCMError) {
        try message.check()
        self.init(object: try encodedJSON(message), payloadBytes: message.payloadBytes, validateOnly)
    }

    /// - Parameter message: the JSON object `message` without a target. It goes out byte for byte.
    /// - Throws: `invalidJSON`, `invalidField`, `tooLarge`.
    public init(message: String, validateOnly: Bool = false) throws(FCMError) {
        let raw = try RawMessage(message)
        try raw.check()
        self.init(object: Array(message.utf8), payloadBytes: raw.payloadBytes, validateOnly)
    }

    /// - Parameter object: a JSON object.
    private init(object: [UInt8], payloadBytes: Int, _ validateOnly: Bool) {
        let start = object.prefix { $0 != UInt8(ascii: "{") }.count + 1
        let rest = object.dropFirst(start)
        let isEmpty = rest.first { !isSpace($0) } == UInt8(ascii: "}")
        beforeTarget = Array((validateOnly ? #"{"validate_only":true,"message":"# : #"{"message":"#).utf8) + object.prefix(start)
        afterTarget = (isEmpty ? [] : [UInt8(ascii: ",")]) + rest + [UInt8(ascii: "}")]
        self.payloadBytes = payloadBytes
    }

    /// - Throws: `tooLarge`, since topics take only half of what devices do; `invalidField` for an empty token.
    public func bytes(to target: FCMTarget) throws(FCMError) -> [UInt8] {
        let (name, value) = target.member
        try checkSize(payloadBytes, target.payloadLimitBytes)
        try check(!value.isEmpty, name, "it is empty")
        var body: [UInt8] = []
        body.reserveCapacity(beforeTarget.count + afterTarget.count + value.utf8.count + 16)
        body += beforeTarget
        body.append(UInt8(ascii: "\""))
        body += name.utf8
        body.append(UInt8(ascii: "\""))
        body.append(UInt8(ascii: ":"))
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
            """
            data and notification have \(payloadBytes) bytes of keys and values; FCM takes \(limitBytes): shorten the texts or send a \
            link to the rest
            """)
    }
}

private func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

/// Targets are plain ASCII, nearly always; whatever else somebody said is escaped.
private func appendString(_ text: String, to body: inout [UInt8]) {
    let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    // A text always encodes.
    guard isPlain else { return body += (try? encodedJSON(text)) ?? Array(#""""#.utf8) }
    body.append(UInt8(ascii: "\""))
    body += text.utf8
    body.append(UInt8(ascii: "\""))
}
