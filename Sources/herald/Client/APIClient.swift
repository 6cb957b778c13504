import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import WebPush

/// Speaks Herald's native API.
struct APIClient: Sendable {
    let access: ServerAccess
    private let timeout = TimeAmount.seconds(30)
    private let maximumReplyBytes = 1 << 20

    /// Lives as long as the process. A refused connection is told at once: who waits for a server says so above.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    init(_ access: ServerAccess) { self.access = access }

    /// The VAPID public key (base64url) that subscriptions for this server are bound to. Needs no key.
    func vapidPublicKey() async throws -> String {
        let reply: VAPIDReply = try await call(.GET, "/v1/vapid")
        return reply.publicKey
    }

    /// Makes a device of the subscription, or updates the one that has it.
    func register(_ subscription: PushSubscription, user: String?, topics: [String]) async throws -> RegisteredDevice {
        try await call(
            .POST, "/v1/devices", DeviceRequest(subscription: subscription, user: user, topics: topics.isEmpty ? nil : topics))
    }

    func send(_ push: PushRequest) async throws -> PushState { try await call(.POST, "/v1/pushes", push) }

    func push(_ id: String) async throws -> PushState { try await call(.GET, "/v1/pushes/" + id) }

    /// - Parameter body: as the API takes it.
    func setCredentials(_ body: Data, app: String, provider: String, verifies: Bool) async throws -> ProviderReply {
        try await call(.PUT, Self.path(app, provider) + (verifies ? "" : "?verify=false"), text: body)
    }

    func credentials(app: String) async throws -> ProvidersReply { try await call(.GET, "/v1/apps/\(Self.segment(app))/providers") }

    func removeCredentials(app: String, provider: String) async throws {
        let path = Self.path(app, provider)
        let (status, bytes) = try await exchange(.DELETE, path, nil)
        guard status == 204 else { throw refusal(status, bytes) }
    }

    private static func path(_ app: String, _ provider: String) -> String {
        "/v1/apps/\(segment(app))/providers/\(segment(provider))"
    }

    private static func segment(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-_"))) ?? text
    }
}

// MARK: - One request

extension APIClient {
    private func call<Reply: Decodable>(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable)? = nil
    ) async throws -> Reply {
        try await call(method, path, text: try body.map { try JSONEncoder().encode($0) })
    }

    private func call<Reply: Decodable>(_ method: HTTPMethod, _ path: String, text: Data?) async throws -> Reply {
        let (status, bytes) = try await exchange(method, path, text)
        guard (200..<300).contains(status) else { throw refusal(status, bytes) }
        do {
            return try JSONDecoder().decode(Reply.self, from: bytes)
        } catch {
            throw ClientError(
                .unreadable, "What answers at \(access.url) is no Herald, or another version: its reply to \(path) makes no sense",
                cause: error)
        }
    }

    private func exchange(_ method: HTTPMethod, _ path: String, _ body: Data?) async throws -> (Int, Data) {
        var request = HTTPClientRequest(url: access.url + path)
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        if let key = access.key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await Self.http.execute(request, timeout: timeout)
            let reply = try await response.body.collect(upTo: maximumReplyBytes)
            return (Int(response.status.code), Data(reply.readableBytesView))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw unreachable(error)
        }
    }

    private func unreachable(_ error: any Error) -> ClientError {
        ClientError(
            .unreachable,
            "No Herald answers at \(access.url); start one with `herald serve`, or name yours with --server or HERALD_SERVER", cause: error)
    }

    private func refusal(_ status: Int, _ bytes: Data) -> ClientError {
        let problem = try? JSONDecoder().decode(Problem.self, from: bytes)
        let said = problem?.sentence ?? "\(access.url) answers with the status \(status)"
        if status == 429 || status >= 500 { return ClientError(.unavailable, said) }
        guard status == 401 || status == 403 else { return ClientError(.refused, said) }
        let advice =
            access.key == nil
            ? "; give a key with --key or HERALD_KEY, or the server's data folder with --data" : ""
        return ClientError(.refused, said + advice)
    }
}
