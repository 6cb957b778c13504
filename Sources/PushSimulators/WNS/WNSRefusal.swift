/// An error of WNS: a status, and a sentence in the header X-WNS-Error-Description.
struct WNSRefusal: Sendable, Equatable {
    let status: Int
    let description: String

    init(_ status: Int, _ description: String) {
        self.status = status
        self.description = description
    }

    static func usualDescription(_ status: Int) -> String {
        switch status {
        case 403: "The channel belongs to another app"
        case 404: "Channel URI is not valid"
        case 406: "The channel is throttled"
        case 410: "The channel has expired"
        case 413: "The payload exceeds 5000 bytes"
        default: "The request was refused"
        }
    }
}

// What is wrong with a request
extension WNSRefusal {
    /// The root element of each kind of notification; raw ones are any bytes.
    private static let kinds: [String: String?] = ["wns/toast": "toast", "wns/tile": "tile", "wns/badge": "badge", "wns/raw": nil]

    static func ofHeaders(_ request: SimulatorRequest) -> WNSRefusal? {
        if let name = request.repeatedHeader(where: { $0.hasPrefix("x-wns-") || $0 == "content-type" || $0 == "authorization" }) {
            return .init(400, "The header \(name) is there twice")
        }
        guard request.header("transfer-encoding") == nil else { return .init(411, "Content-Length is required") }
        guard let type = request.header("x-wns-type"), let root = kinds[type] else {
            return .init(400, "X-WNS-Type is missing or not valid")
        }
        guard request.contentType == (root == nil ? "application/octet-stream" : "text/xml") else {
            return .init(400, "Content-Type doesn't fit X-WNS-Type")
        }
        return ofOptions(request)
    }

    private static func ofOptions(_ request: SimulatorRequest) -> WNSRefusal? {
        if let policy = request.header("x-wns-cache-policy"), !["cache", "no-cache"].contains(policy) {
            return .init(400, "X-WNS-Cache-Policy is not valid")
        }
        if let ttl = request.header("x-wns-ttl"), Int(ttl).map({ $0 >= 0 }) != true { return .init(400, "X-WNS-TTL is not valid") }
        if let tag = request.header("x-wns-tag"), !(1...16).contains(tag.utf8.count) || !tag.utf8.allSatisfy(isAlphanumeric) {
            return .init(400, "X-WNS-Tag is not valid")
        }
        if let asks = request.header("x-wns-requestforstatus"), !["true", "false"].contains(asks) {
            return .init(400, "X-WNS-RequestForStatus is not valid")
        }
        return nil
    }

    static func ofBody(_ request: SimulatorRequest) -> WNSRefusal? {
        guard !request.body.isEmpty else { return .init(400, "The payload is empty") }
        guard request.body.count <= WNSSimulator.maximumBodyBytes else { return .init(413, usualDescription(413)) }
        guard let type = request.header("x-wns-type"), let root = kinds[type] ?? nil else { return nil }
        return XMLScanner.root(of: request.body) == root ? nil : .init(400, "The payload is not a well-formed \(root)")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        APNsVocabulary.isTopicByte(byte) && ![UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
    }
}
