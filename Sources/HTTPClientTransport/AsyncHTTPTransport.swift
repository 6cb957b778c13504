public import AsyncHTTPClient
import Foundation
public import HTTPTransport
import NIOCore
import NIOPosix
import NIOHTTP1

/// Requests over AsyncHTTPClient: HTTP/2 where the far side offers it, HTTP/1.1 where it doesn't. Redirects are never followed.
public struct AsyncHTTPTransport: Transport {
    private let client: HTTPClient

    /// - Parameter client: made with ``configuration(addressRule:connectionsPerHost:)``; shut down by the caller.
    public init(client: HTTPClient) {
        self.client = client
    }

    public func send(
        _ request: TransportRequest, within deadline: Duration
    ) async throws(TransportError) -> TransportReply {
        do {
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
