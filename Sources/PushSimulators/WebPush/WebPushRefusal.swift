import Crypto
import WebPush

/// An error of the push service: RFC 8030 §8 and RFC 8292 §4 have the statuses; the words are our own, in the style of Apple's service.
struct WebPushRefusal: Error, Sendable {
    let status: Int
    let reason: String
    let detail: String?

    init(_ status: Int, _ reason: String, detail: String? = nil) {
        self.status = status
        self.reason = reason
        self.detail = detail
    }

    var reply: SimulatorReply {
        let tail = detail.map { #","message":\#(JSONText.quoted($0))"# } ?? ""
        return .json(status, #"{"reason":\#(JSONText.quoted(reason))\#(tail)}"#)
    }

    static func usualReason(_ status: Int) -> String {
        switch status {
        case 404: "UnknownSubscription"
        case 410: "Unregistered"
        case 413: "PayloadTooLarge"
        case 429: "TooManyRequests"
        case 500...: "ServiceUnavailable"
        default: "BadRequest"
        }
    }
}

// What is wrong with a message
extension WebPushRefusal {
    private static let singles: Set<String> = ["ttl", "urgency", "topic", "content-encoding", "content-type"]

    /// - Returns: the TTL in seconds.
    static func checkHeaders(_ request: SimulatorRequest) throws(WebPushRefusal) -> Int {
        guard request.repeatedHeader(where: singles.contains) == nil else { throw .init(400, "DuplicateHeaders") }
        guard let ttl = request.header("ttl") else { throw .init(400, "MissingTTL") }
        guard !ttl.isEmpty, ttl.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .init(400, "BadTTL") }
        if let urgency = request.header("urgency"), !["very-low", "low", "normal", "high"].contains(urgency) {
            throw .init(400, "BadUrgency")
        }
        if let topic = request.header("topic"), !isTopic(topic) { throw .init(400, "BadTopic") }
        // RFC 8030 §5.2: what is larger than can be represented is 2³¹.
        return Int(ttl) ?? 1 << 31
    }

    private static func isTopic(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.allSatisfy { APNsVocabulary.isTopicByte($0) && $0 != UInt8(ascii: ".") }
    }

    /// One record of `aes128gcm` that begins with its sender's own key (RFC 8291 §4); or nothing at all.
    static func checkBody(_ request: SimulatorRequest, senderKey: [UInt8]) throws(WebPushRefusal) {
        guard request.body.count <= WebPushSimulator.maximumBodyBytes else { throw .init(413, "PayloadTooLarge") }
        guard !request.body.isEmpty else { return }
        guard request.header("content-encoding")?.lowercased() == "aes128gcm" else { throw .init(400, "BadContentEncoding") }
        guard let header = try? EncryptedContentHeader(of: request.body) else {
            throw .init(400, "BadEncryptedContent", detail: "no header")
        }
        guard header.keyID.count == 65, (try? P256.KeyAgreement.PublicKey(x963Representation: header.keyID)) != nil else {
            throw .init(400, "BadEncryptedContent", detail: "the key id is not a P-256 key")
        }
        guard header.keyID != senderKey else { throw .init(400, "BadEncryptedContent", detail: "the VAPID key must not encrypt") }
        let record = request.body.count - header.byteCount
        // A delimiter and a tag at least.
        guard record >= 17, record <= header.recordSize else {
            throw .init(400, "BadEncryptedContent", detail: "there must be one record, and not longer than the record size")
        }
    }
}
