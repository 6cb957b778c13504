public import AddressRule
public import AsyncHTTPClient
import Foundation
public import HTTPTransport
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Requests over AsyncHTTPClient: HTTP/2 where the far side offers it, HTTP/1.1 where it doesn't. Redirects are never followed.
public struct AsyncHTTPTransport: Transport {
    private let client: HTTPClient
    private let addressRule: AllowedAddresses
    private let resolver: @Sendable () -> any Resolver & Sendable
    private let allowed = AllowedNames()

    /// - Parameters:
    ///   - client: made with ``configuration(addressRule:connectionsPerHost:trustRootsPEM:)``; shut down by the caller.
    ///   - addressRule: the same as in its configuration. The client resolves by itself, so a name is also looked up before,
    ///     and the client isn't asked at all where the answer is forbidden.
    public init(client: HTTPClient, addressRule: AllowedAddresses) {
        self.init(client: client, addressRule: addressRule) { NIORandomizedDNSResolver(loop: client.eventLoopGroup.next()) }
    }

    init(client: HTTPClient, addressRule: AllowedAddresses, resolver: @escaping @Sendable () -> any Resolver & Sendable) {
        self.client = client
        self.addressRule = addressRule
        self.resolver = resolver
    }

    public func send(
        _ request: TransportRequest, within deadline: Duration
    ) async throws(TransportError) -> TransportReply {
        do {
            try await check(request.url)
            let response = try await client.execute(
                Self.clientRequest(request), deadline: .now() + TimeAmount(deadline))
            // A body that is dropped unread breaks other streams of the same HTTP/2 connection: always collect it.
            let body = try await Self.collect(response.body, limitBytes: request.replyLimitBytes)
            return TransportReply(
                status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) }, body: body)
        } catch {
            throw Self.transportError(error)
        }
    }

    private func check(_ url: String) async throws {
        let origin = try HTTPOrigin.parse(url).origin
        try addressRule.check(origin)
        guard addressRule != .any, !allowed.contains(origin) else { return }
        try await CheckedResolver(addressRule, over: resolver()).check(host: origin.host, port: origin.port)
        allowed.insert(origin)
    }

    private static func clientRequest(_ request: TransportRequest) -> HTTPClientRequest {
        var clientRequest = HTTPClientRequest(url: request.url)
        clientRequest.method = HTTPMethod(rawValue: request.method)
        clientRequest.headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        clientRequest.body = .bytes(request.body, length: .known(Int64(request.body.count)))
        return clientRequest
    }

    private static func collect(_ body: HTTPClientResponse.Body, limitBytes: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in body {
            bytes.append(contentsOf: chunk.readableBytesView.prefix(max(0, limitBytes - bytes.count)))
        }
        return bytes
    }

    private static func transportError(_ error: any Error) -> TransportError {
        switch error {
        case let error as ForbiddenAddress:
            TransportError(.forbiddenAddress, error.description)
        case let error as InvalidURL:
            TransportError(.invalidURL, error.description)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            TransportError(.untrusted, "TLS failed: \(error)")
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            TransportError(.timedOut, "no answer within the deadline")
        case let error as HTTPClientError where error == .connectTimeout:
            TransportError(.unreachable, "no connection within the deadline")
        case let error as HTTPClientError where error == .invalidURL || error == .emptyHost || error == .emptyScheme:
            TransportError(.invalidURL, "the URL can't be used: \(error)")
        case let error as NIOConnectionError:
            TransportError(.unreachable, "cannot connect to \(error.host):\(error.port)")
        case let error as IOError where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode):
            TransportError(.unreachable, "cannot connect: \(error)")
        default:
            TransportError(.broken, "the connection failed: \(error)")
        }
    }
}
