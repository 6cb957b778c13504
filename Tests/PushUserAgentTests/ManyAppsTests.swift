import Foundation
import NIOWebSocket
import Synchronization
import Testing
import WebPush

@testable import PushUserAgent

/// One connection, several apps, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct ManyAppsTests {
    private let store = IdentityInMemory()
    private let events = Events()
    private let apps = ["a": RecordingApp(key: "KEY-A"), "b": RecordingApp(key: "KEY-B")]

    @Test func eachAppRegistersWithItsKeyAndGetsItsMessages() async throws {
        try await served { agent, peer in
            let a = try await join(agent, &peer, "a")
            let b = try await join(agent, &peer, "b")
            try await peer.send(peer.notification("v1", "for b", channelID: b.channelID, for: b.keys))
            try await peer.send(peer.notification("v2", "for a", channelID: a.channelID, for: a.keys))
            #expect(await apps["b"]?.messages.next() == "for b")
            #expect(await apps["a"]?.messages.next() == "for a")
            var acknowledged: Set<String> = []
            for _ in 0..<2 { acknowledged.formUnion(try await peer.nextMessage()?.updates?.map(\.version) ?? []) }
            #expect(acknowledged == ["v1", "v2"])
        }
    }

    @Test func anAppThatLeavesUnregisters() async throws {
        try await served { agent, peer in
            let a = try await join(agent, &peer, "a")
            try await agent.unregister("a")
            let frame = try await peer.nextMessage()
            #expect(frame?.messageType == "unregister")
            #expect(frame?.channelID == a.channelID)
            #expect(store.load()?.registrations.isEmpty == true)
        }
    }

    @Test func aMessageThatAnAppFailsOnComesAgainAndIsThenGivenUp() async throws {
        let failing = RecordingApp(failing: "bad")
        try await served { agent, peer in
            let member = try await join(agent, &peer, "f", failing)
            try await peer.send(peer.notification("v1", "bad", channelID: member.channelID, for: member.keys))
            try await peer.send(peer.notification("v2", "good", channelID: member.channelID, for: member.keys))
            #expect(await failing.messages.next() == "good")
            #expect(await events.givenUp.next() == "v1")
            #expect(try await peer.nextMessage()?.updates == [.init(version: "v1", code: 100)])
            let nack = try await peer.nextMessage()
            #expect(nack?.messageType == "nack")
            #expect(nack?.code == 302)
            #expect(try await peer.nextMessage()?.updates == [.init(version: "v2", code: 100)])
        }
        for attempt in [1, 2, 3, 1] { #expect(await failing.attempts.next() == attempt) }
    }

    @Test func whoShutsDownFinishesTheMessageInHandAndBeginsNoOther() async throws {
        let slow = SlowApp()
        try await served { agent, peer in
            let member = try await join(agent, &peer, "s", slow, slow.subscriptions)
            for version in ["v1", "v2"] {
                try await peer.send(peer.notification(version, version, channelID: member.channelID, for: member.keys))
            }
            _ = await slow.begun.next()
            agent.shutDown()
            slow.goOn.put(())
            #expect(try await peer.nextMessage()?.updates == [.init(version: "v1", code: 100)])
            #expect(try await peer.next()?.opcode == .connectionClose)
        }
        #expect(store.load()?.registrations["s"]?.recentVersions == ["v1"])
    }

    @Test func aNetworkThatComesUpEndsTheWait() async throws {
        let service = try await FakePushService.start()
        let waits = Mutex(0)
        let agent = try UserAgent(
            address: PushServiceAddress("http://127.0.0.1:\(service.port)/"), store: store, observer: { [events] in events.put($0) },
            sleep: { _ in
                // Only the second wait ends by itself.
                let number = waits.withLock { count in
                    count += 1
                    return count
                }
                if number != 2 { try await Task.sleep(for: .seconds(3600)) }
            })
        // Nobody waits yet: this must not be the attempt out of turn.
        await agent.networkChanged(to: "wifi")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.run() }
            try await service.serve { service in
                _ = try await service.connection { peer in try await peer.greet() }
                _ = await events.disconnections.next()
                // Whether the wait has begun can't be seen: the network comes up until it has.
                group.addTask {
                    while !Task.isCancelled {
                        await agent.networkChanged(to: "wifi")
                        await Task.yield()
                    }
                }
                // Out of turn, in turn, and once more out of turn.
                for _ in 1...3 { _ = try await service.connection { peer in try await peer.greet() } }
            }
            group.cancelAll()
        }
    }

    // MARK: The scene

    private struct Member {
        let channelID: String
        let keys: SubscriptionKeys
    }

    private func served(_ script: (UserAgent, inout FakePushService.Peer) async throws -> Void) async throws {
        let service = try await FakePushService.start()
        let agent = try UserAgent(
            address: PushServiceAddress("http://127.0.0.1:\(service.port)/"), store: store, observer: { [events] in events.put($0) },
            sleep: { _ in await Task.yield() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.run() }
            try await service.serve { service in
                try await service.connection { peer in
                    _ = try await peer.greet()
                    try await script(agent, &peer)
                }
            }
            group.cancelAll()
        }
    }

    private func join(_ agent: UserAgent, _ peer: inout FakePushService.Peer, _ name: String) async throws -> Member {
        let app = try #require(apps[name])
        let member = try await join(agent, &peer, name, app, app.subscriptions, key: "KEY-\(name.uppercased())")
        return member
    }

    private func join(
        _ agent: UserAgent, _ peer: inout FakePushService.Peer, _ name: String, _ app: RecordingApp
    ) async throws -> Member {
        try await join(agent, &peer, name, app, app.subscriptions)
    }

    private func join(
        _ agent: UserAgent, _ peer: inout FakePushService.Peer, _ name: String, _ app: some UserAgentApp,
        _ subscriptions: Inbox<PushSubscription>, key: String = "KEY"
    ) async throws -> Member {
        try await agent.register(app, as: name)
        let register = try #require(try await peer.register(at: "http://127.0.0.1/wpush/v2/\(name)"))
        #expect(register.key == key)
        return Member(channelID: register.channelID ?? "", keys: try #require(await subscriptions.next()).keys)
    }
}

/// Takes its time until the test says go on.
private struct SlowApp: UserAgentApp {
    let subscriptions = Inbox<PushSubscription>()
    let begun = Inbox<String>()
    let goOn = Inbox<Void>()

    func applicationServerKey() async throws -> String { "KEY" }

    func subscribed(_ subscription: PushSubscription) async throws -> String? {
        subscriptions.put(subscription)
        return nil
    }

    func received(_ message: ReceivedMessage) async throws {
        begun.put(message.version)
        _ = await goOn.next()
    }
}
