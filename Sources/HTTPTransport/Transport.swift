/// The seam between what a provider wants to say and how it travels.
public protocol Transport: Sendable {
    /// Sends one request and collects the whole reply, at most `request.replyLimitBytes` of it.
    /// - Throws: ``TransportError``, at the latest when `deadline` has passed.
    func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply
}

/// A request as bytes. The URL is used exactly as it stands: some push services put percent-escapes into their endpoints that
/// don't survive being parsed and written again.
public struct TransportRequest: Sendable {
    public var method: String
    public var url: String
    /// Names in lower case, in the order they are to be sent.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// What is read of the reply's body; the rest is cut off.
    public var replyLimitBytes: Int

    public init(
        method: String = "POST", url: String, headers: [(name: String, value: String)], body: [UInt8],
        replyLimitBytes: Int = 16_384
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.replyLimitBytes = replyLimitBytes
    }
}

public struct TransportReply: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header. Names are compared without regard to case (RFC 9110 §5.1).
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// No reply came.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The deadline passed. The far side may have taken the request.
        public static let timedOut = Code(rawValue: "timed_out")
        /// No connection: DNS, TCP or TLS.
        public static let unreachable = Code(rawValue: "unreachable")
        /// The connection broke. The far side may have taken the request.
        public static let broken = Code(rawValue: "broken")
        /// The address is one that we don't connect to.
        public static let forbiddenAddress = Code(rawValue: "forbidden_address")
        /// The URL can't be used.
        public static let invalidURL = Code(rawValue: "invalid_url")
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
