public import APNs
public import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An app's broadcast channels in one environment: one request reaches the Live Activities of everyone who listens to a channel.
public struct APNsChannels: Sendable {
    private let credential: APNsCredential
    private let environment: APNsEnvironment
    private let transport: any Transport
    private let deadline: Duration

    public init(credential: APNsCredential, environment: APNsEnvironment, transport: any Transport, deadline: Duration = .seconds(15)) {
        self.credential = credential
        self.environment = environment
        self.transport = transport
        self.deadline = deadline
    }

    /// - Throws: ``APNsChannelError``.
    public func create(_ policy: APNsChannelPolicy, now: Date) async throws(APNsChannelError) -> APNsChannelID {
        let reply = try await manage(now) { APNsChannelRequest.create(policy, for: $0, providerToken: $1) }
        guard let id = reply.header(APNsChannelReply.channelIDHeader).flatMap({ try? APNsChannelID($0) }) else { throw .unreadable }
        return id
    }

    public func read(_ channel: APNsChannelID, now: Date) async throws(APNsChannelError) -> APNsChannelPolicy {
        let reply = try await manage(now) { APNsChannelRequest.read(channel, of: $0, providerToken: $1) }
        guard let policy = APNsChannelReply.policy(reply.body) else { throw .unreadable }
        return policy
    }

    /// Whoever listens to it hears nothing more.
    public func delete(_ channel: APNsChannelID, now: Date) async throws(APNsChannelError) {
        _ = try await manage(now) { APNsChannelRequest.delete(channel, of: $0, providerToken: $1) }
    }

    public func list(now: Date) async throws(APNsChannelError) -> [APNsChannelID] {
        let reply = try await manage(now) { APNsChannelRequest.list(of: $0, providerToken: $1) }
        guard let channels = APNsChannelReply.channels(reply.body) else { throw .unreadable }
        return channels
    }

    /// Sends to everyone who listens. Apple's pages name two hosts for it: where the first knows nothing of broadcasts the second is asked,
    /// and remembered.
    public func broadcast(_ broadcast: APNsBroadcast, to channel: APNsChannelID, now: Date) async throws(APNsChannelError) {
        let request = { (route: APNsRoute) in
            broadcast.request(to: channel, of: credential.bundleID, providerToken: route.providerToken)
        }
        let other = credential.origins.otherBroadcast(environment)
        do {
            _ = try await send(to: credential.origins.broadcast(environment), now, request)
        } catch {
            guard let other, error.isAboutTheHost else { throw error }
            _ = try await send(to: other, now, request)
            credential.origins.broadcastsOnDeviceHost.insert(environment)
        }
    }

    private func manage(
        _ now: Date, _ request: (APNsBundleID, APNsProviderToken?) -> APNsRequest
    ) async throws(APNsChannelError) -> TransportReply {
        try await send(to: credential.origins.management(environment), now) { request(credential.bundleID, $0.providerToken) }
    }

    private func send(
        to origin: String, _ now: Date, _ request: (APNsRoute) -> APNsRequest
    ) async throws(APNsChannelError) -> TransportReply {
        let route: APNsRoute
        do throws(APNsRoute.Obstacle) {
            route = try APNsRoute(credential, to: origin, now: now)
        } catch {
            throw APNsChannelError(error.outcome)
        }
        var message = route.transportRequest(request(route))
        // Ten thousand ids.
        message.replyLimitBytes = 2_000_000
        let reply: TransportReply
        do throws(TransportError) {
            reply = try await transport.send(message, within: deadline)
        } catch {
            throw APNsChannelError(error)
        }
        guard (200...299).contains(reply.status) else { throw APNsChannelError(reply, route, now) }
        return reply
    }
}
