/// The seam between what a provider wants to say and how it travels.
public protocol Transport: Sendable {
    /// Sends one request and collects the whole reply, at most `request.replyLimitBytes` of it.
    /// - Throws: ``TransportError``, at the latest when `deadline` has passed.
    func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply

    /// Sends many at once and reports each reply as it comes, by the index of its request: exactly one report for each. Returns when
    /// all are reported, at the latest when `deadline` has passed.
    func send(
        _ requests: [TransportRequest], within deadline: Duration,
        report: @escaping @Sendable (_ index: Int, _ reply: Result<TransportReply, TransportError>) -> Void
    ) async
}

extension Transport {
    public func send(
        _ requests: [TransportRequest], within deadline: Duration,
        report: @escaping @Sendable (_ index: Int, _ reply: Result<TransportReply, TransportError>) -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            for (index, request) in requests.enumerated() {
                group.addTask {
                    do throws(TransportError) {
                        report(index, .success(try await self.send(request, within: deadline)))
                    } catch {
                        report(index, .failure(error))
                    }
                }
            }
        }
    }
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
    /// Only requests of the same group share a connection.
    public var group: ConnectionGroup

    public init(
        method: String = "POST", url: String, headers: [(name: String, value: String)], body: [UInt8],
        replyLimitBytes: Int = 16_384, group: ConnectionGroup = .shared
    ) {
        self.group = group
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.replyLimitBytes = replyLimitBytes
    }
}

/// Who shares a connection. APNs ties a connection to the first team, key and certificate it sees on it.
public struct ConnectionGroup: Sendable, Hashable {
    /// Everything that needs no connection of its own.
    public static let shared = ConnectionGroup(id: "")

    /// Groups of different ids never share a connection.
    public let id: String
    /// The certificate that the client shows, if any.
    public let identity: TLSIdentity?
    /// Sends a single request on a new connection, and the rest only once that was answered with success: APNs allows no more.
    public let startsWithOneStream: Bool

    public init(id: String, identity: TLSIdentity? = nil, startsWithOneStream: Bool = false) {
        self.id = id
        self.identity = identity
        self.startsWithOneStream = startsWithOneStream
    }

    public static func == (left: ConnectionGroup, right: ConnectionGroup) -> Bool { left.id == right.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A client certificate with its key, as PEM.
public struct TLSIdentity: Sendable, Hashable {
    /// The certificate, then those that lead to its root.
    public let certificateChainPEM: String
    public let privateKeyPEM: String

    public init(certificateChainPEM: String, privateKeyPEM: String) {
        self.certificateChainPEM = certificateChainPEM
        self.privateKeyPEM = privateKeyPEM
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
        /// TLS failed: the far side's certificate isn't trusted, or ours isn't.
        public static let untrusted = Code(rawValue: "untrusted")
        /// The far side has not looked at the request: sending it again can't make a duplicate.
        public static let refused = Code(rawValue: "refused")
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
