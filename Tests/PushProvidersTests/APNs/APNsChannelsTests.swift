import APNs
import Foundation
import HTTPTransport
import JSON
import PushSender
import Testing

@testable import PushProviders

@Suite struct APNsChannelsTests {
    private let now = APNsSamples.now

    private func channels(_ transport: any Transport, _ changes: [String: JSONValue?] = [:]) throws -> APNsChannels {
        APNsChannels(credential: try APNsSamples.credential(changes), environment: .production, transport: transport)
    }

    private func update() throws -> APNsBroadcast {
        try APNsBroadcast(payload: Array(#"{"aps":{"event":"update","timestamp":1}}"#.utf8), policy: .keepsNothing)
    }

    @Test func channelsAreMadeShownAndRemoved() async throws {
        let transport = AnsweringTransport { request in
            switch (request.method, request.url) {
            case ("POST", "https://api-manage-broadcast.push.apple.com:2196/1/apps/com.example.app/channels"):
                .success(TransportReply(status: 201, headers: [("apns-channel-id", "YQ==")]))
            case ("GET", "https://api-manage-broadcast.push.apple.com:2196/1/apps/com.example.app/channels"):
                .success(.json(#"{"message-storage-policy":1,"push-type":"LiveActivity"}"#))
            case ("DELETE", "https://api-manage-broadcast.push.apple.com:2196/1/apps/com.example.app/channels"):
                .success(TransportReply(status: 204))
            case ("GET", "https://api-manage-broadcast.push.apple.com:2196/1/apps/com.example.app/all-channels"):
                .success(.json(#"{"channels":["YQ=="]}"#))
            default: .success(TransportReply(status: 500))
            }
        }
        let channels = try channels(transport)
        let channel = try await channels.create(.keepsNewest, now: now)
        #expect(channel.text == "YQ==")
        #expect(try await channels.read(channel, now: now) == .keepsNewest)
        #expect(try await channels.list(now: now) == [channel])
        try await channels.delete(channel, now: now)
        #expect(transport.requests.allSatisfy { $0.value(of: "authorization")?.hasPrefix("bearer ") == true })
        #expect(transport.requests.last?.value(of: "apns-channel-id") == "YQ==")
    }

    @Test func theManagementHostMayBeReplaced() async throws {
        let transport = AnsweringTransport { _ in .success(.json(#"{"channels":[]}"#)) }
        _ = try await channels(transport, ["endpoint": .string("https://a.example")]).list(now: now)
        _ = try await channels(transport, ["management_endpoint": .string("https://m.example:2196")]).list(now: now)
        #expect(transport.requests(to: "https://a.example/1/apps").count == 1 && transport.requests(to: "https://m.example:2196/1/apps").count == 1)
    }

    @Test(arguments: [
        (400, "ChannelNotRegistered", false), (400, "FeatureNotEnabled", false), (403, "TopicMismatch", false), (429, "TooManyRequests", true),
        (503, "Service Unavailable", true),
    ])
    func aRefusalSaysWhetherToTryAgain(_ status: Int, _ reason: String, _ isTemporary: Bool) async throws {
        let channels = try channels(AnsweringTransport { _ in .success(.json(#"{"reason":"\#(reason)"}"#, status: status)) })
        let error = await #expect(throws: APNsChannelError.self) { try await channels.list(now: now) }
        #expect(error?.status == status && error?.reason == APNsReason(rawValue: reason) && error?.isTemporary == isTemporary)
    }

    @Test func silenceIsTemporary() async throws {
        let channels = try channels(AnsweringTransport { _ in .failure(TransportError(.timedOut, "late")) })
        let error = await #expect(throws: APNsChannelError.self) { try await channels.list(now: now) }
        #expect(error?.isTemporary == true && error?.status == nil)
    }

    @Test(arguments: [true, false])
    func whereTheBroadcastHostKnowsNothingTheOtherIsAskedAndRemembered(_ answers: Bool) async throws {
        let transport = AnsweringTransport { request in
            if request.url.hasPrefix("https://api.push.apple.com/4/broadcasts/apps/com.example.app") { return .success(TransportReply(status: 200)) }
            return answers ? .success(.json(#"{"reason":"BadPath"}"#, status: 404)) : .failure(TransportError(.untrusted, "TLS"))
        }
        let channels = try channels(transport), channel = try APNsChannelID("YQ==")
        try await channels.broadcast(try update(), to: channel, now: now)
        #expect(transport.requests(to: "https://api-broadcast.push.apple.com/").count == 1)
        try await channels.broadcast(try update(), to: channel, now: now)
        #expect(transport.requests(to: "https://api-broadcast.push.apple.com/").count == 1 && transport.requests.count == 3)
    }

    @Test func whereNeitherHostKnowsNothingIsRemembered() async throws {
        let transport = AnsweringTransport { _ in .success(.json(#"{"reason":"BadPath"}"#, status: 404)) }
        let channels = try channels(transport), channel = try APNsChannelID("YQ==")
        for _ in 0..<2 { await #expect(throws: APNsChannelError.self) { try await channels.broadcast(try update(), to: channel, now: now) } }
        #expect(transport.requests(to: "https://api-broadcast.push.apple.com/").count == 2 && transport.requests.count == 4)
    }

    @Test func aNamedBroadcastHostIsTheOnlyOne() async throws {
        let transport = AnsweringTransport { _ in .success(.json(#"{"reason":"BadPath"}"#, status: 404)) }
        let channels = try channels(transport, ["broadcast_endpoint": .string("https://b.example")])
        await #expect(throws: APNsChannelError.self) { try await channels.broadcast(try update(), to: try APNsChannelID("YQ=="), now: now) }
        #expect(transport.requests.map(\.url) == ["https://b.example/4/broadcasts/apps/com.example.app"])
    }
}
