import Foundation
import NIOCore
import NIOPosix
import NIOWebSocket
import Testing
import WebPush

@testable import PushUserAgent

/// The user agent over real sockets, against a push service that the test speaks for.
@Suite(.timeLimit(.minutes(1)))
struct UserAgentTests {
    private let folder = TemporaryFolder()
    private let app = RecordingApp()
    private let events = Events()

    @Test func itRegistersReceivesAndAcknowledges() async throws {
        let service = try await FakePushService.start()
        let agent = try agent(at: service.port)
        try await running(agent) {
            try await service.serve { service in
                try await service.connection { peer in
                    let hello = try await peer.greet()
                    #expect(hello?.messageType == "hello")
                    #expect(hello?.uaid == nil)
                    let register = try #require(try await peer.register())
                    #expect(register.key == "KEY")
                    let keys = try #require(await app.subscriptions.next()).keys
                    try await peer.send(peer.notification("v1", "hi", channelID: register.channelID ?? "", for: keys))
                    #expect(await app.messages.next() == "hi")
                    #expect(try await peer.nextMessage()?.updates == [.init(version: "v1", code: 100)])
                    #expect(try onDisk()?.recentVersions == ["v1"])
                }
            }
        }
        #expect(try onDisk()?.deviceID == "device-1")
    }

    @Test func afterALostConnectionItComesBackAndDropsRepeats() async throws {
        let service = try await FakePushService.start()
        let agent = try agent(at: service.port)
        try await running(agent) {
            try await service.serve { service in
                let first = try await service.connection { peer in
                    let first = try await firstMessage(from: &peer, "one")
                    _ = try await peer.nextMessage()
                    return first
                }
                #expect(await events.disconnections.next()?.code == .connectionLost)
                try await service.connection { peer in
                    #expect(try await peer.greet()?.uaid == "u1")
                    try await peer.send(first)
                    #expect(try await peer.nextMessage()?.updates == [.init(version: "v1", code: 102)])
                }
            }
        }
        #expect(await app.messages.next() == "one")
    }

    @Test func aMessageTheListenerFailsOnEndsTheRunAndComesAgainInTheNext() async throws {
        let fake = try await FakePushService.start()
        try await fake.serve { service in
            let message = try await refusedMessage(from: &service, at: fake.port)
            let agent = try agent(at: fake.port)
            try await running(agent) {
                try await service.connection { peer in
                    #expect(try await peer.greet()?.uaid == "u1")
                    try await peer.send(message)
                    #expect(try await peer.nextMessage()?.updates == [.init(version: "v1", code: 100)])
                }
            }
        }
        #expect(await app.messages.next() == "poison")
    }

    private func refusedMessage(from service: inout FakePushService.Accepting, at port: Int) async throws -> String {
        let poisoned = RecordingApp(poison: "poison")
        let agent = try agent(at: port)
        try await agent.register(poisoned)
        async let run: Void = agent.run()
        let message = try await service.connection { peer in
            let message = try await firstMessage(from: &peer, "poison", poisoned)
            // No acknowledgement comes, only goodbye.
            #expect(try await peer.next()?.opcode == .connectionClose)
            return message
        }
        do {
            try await run
            Issue.record("The run goes on without the message")
        } catch is RecordingApp.Refusal {}
        return message
    }

    // MARK: The connection

    @Test func anAbsentApplicationServerIsAskedAgain() async throws {
        let service = try await FakePushService.start()
        let agent = try agent(at: service.port)
        try await running(agent, RecordingApp(absences: 2)) {
            try await service.serve { service in
                try await service.connection { peer in
                    _ = try await peer.greet()
                    #expect(try await peer.register()?.key == "KEY")
                }
            }
        }
        #expect(await events.failures.next()?.code == .tryAgain)
        #expect(await events.failures.next()?.code == .tryAgain)
    }

    @Test func whoIsReplacedEnds() async throws {
        let service = try await FakePushService.start()
        let agent = try agent(at: service.port)
        async let run: Void = agent.run()
        try await service.serve { service in
            try await service.connection { peer in
                _ = try await peer.greet()
                try await peer.close(4001)
            }
        }
        do {
            try await run
            Issue.record("It goes on")
        } catch let error as UserAgentError {
            #expect(error.code == .replaced)
        }
    }

    @Test func theCloseCodeOfTheServerIsKnown() async throws {
        let service = try await FakePushService.start()
        let agent = try agent(at: service.port)
        try await running(agent) {
            try await service.serve { service in
                try await service.connection { peer in
                    _ = try await peer.greet()
                    try await peer.close(4774, "later")
                }
                let reason = await events.disconnections.next()
                #expect(reason?.code == .closedByServer)
                #expect(reason?.closeCode == 4774)
                #expect(reason?.message.contains("later") == true)
            }
        }
    }

    @Test func aServerPingIsAnswered() async throws {
        let service = try await FakePushService.start()
        let agent = try agent(at: service.port)
        try await running(agent) {
            try await service.serve { service in
                try await service.connection { peer in
                    _ = try await peer.greet()
                    _ = try await peer.register()
                    try await peer.send(.ping, ByteBuffer(string: "are you there"))
                    let pong = try await peer.next()
                    #expect(pong?.opcode == .pong)
                    #expect(pong.map { String(buffer: $0.unmaskedData) } == "are you there")
                }
            }
        }
    }

    @Test func aMessageInFragmentsIsOneMessage() async throws {
        let service = try await FakePushService.start()
        let agent = try agent(at: service.port)
        try await running(agent) {
            try await service.serve { service in
                try await service.connection { peer in
                    _ = try await peer.greet()
                    let channelID = try await peer.register()?.channelID ?? ""
                    let keys = try #require(await app.subscriptions.next()).keys
                    let large = String(repeating: "x", count: 3000)
                    var text = ByteBuffer(
                        string: try peer.notification("v1", large, channelID: channelID, for: keys))
                    try await peer.send(.text, text.readSlice(length: 100) ?? ByteBuffer(), fin: false)
                    try await peer.send(.continuation, text)
                    #expect(await app.messages.next() == large)
                }
            }
        }
    }

    @Test func silenceIsPingedAndAnUnansweredPingCostsTheConnection() async throws {
        var settings = UserAgentSettings()
        settings.keepAlive = KeepAliveRules(startSeconds: 0.02, minimumSeconds: 0.02)
        settings.requestTimeoutSeconds = 3
        let service = try await FakePushService.start()
        let agent = try agent(at: service.port, settings)
        try await running(agent) {
            try await service.serve { service in
                try await service.connection { peer in
                    _ = try await peer.greet()
                    _ = try await peer.register()
                    #expect(try await peer.nextText() == "{}")
                    #expect(await events.disconnections.next()?.code == .timedOut)
                }
            }
        }
    }

    @Test func aSecureServiceIsReachedWhenItsCertificateIsTrusted() async throws {
        var settings = UserAgentSettings()
        settings.trustedCertificatesFile = folder.path("ca.pem")
        try Data(LoopbackCertificate.certificate.utf8).write(to: URL(filePath: folder.path("ca.pem")))
        let service = try await FakePushService.start(tls: LoopbackCertificate.serverContext())
        let agent = try agent(at: service.port, scheme: "wss", settings)
        try await running(agent) {
            try await service.serve { service in
                let hello = try await service.connection { peer in try await peer.greet() }
                #expect(hello?.messageType == "hello")
            }
        }
    }

    @Test func aSecureServiceNobodyTrustsIsNotTalkedTo() async throws {
        let service = try await FakePushService.start(tls: LoopbackCertificate.serverContext())
        let agent = try agent(at: service.port, scheme: "wss")
        try await running(agent) {
            try await service.serve { _ in
                #expect(await events.disconnections.next()?.code == .connectionLost)
            }
        }
    }

    @Test func aServerThatSaysNothingIsGivenUp() async throws {
        let mute = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        var settings = UserAgentSettings()
        settings.requestTimeoutSeconds = 0.05
        let agent = try agent(at: mute.localAddress?.port ?? 0, settings)
        try await running(agent) {
            #expect(await events.disconnections.next()?.code == .connectionLost)
        }
        try await mute.close()
    }

    @Test func aServerWithoutWebSocketsIsNamedAsSuch() async throws {
        let service = try await FakePushService.start()
        let agent = try agent(at: service.port, path: "/plain")
        try await running(agent) {
            try await service.serve { _ in
                let reason = await events.disconnections.next()
                #expect(reason?.code == .refused)
                #expect(reason?.message.contains("404") == true)
            }
        }
    }

    @Test func nobodyThereIsALostConnection() async throws {
        let service = try await FakePushService.start()
        try await service.serve { _ in }
        let agent = try agent(at: service.port)
        try await running(agent) {
            #expect(await events.disconnections.next()?.code == .connectionLost)
        }
    }
}

extension UserAgentTests {
    private func agent(
        at port: Int, scheme: String = "http", path: String = "/", _ settings: UserAgentSettings = UserAgentSettings()
    ) throws -> UserAgent {
        try UserAgent(
            address: PushServiceAddress("\(scheme)://127.0.0.1:\(port)\(path)"),
            store: IdentityFile(path: folder.path("identity.json")), settings: settings,
            observer: { [events] in events.put($0) }, sleep: { _ in await Task.yield() })
    }

    private func onDisk() throws -> Registration? {
        try JSONDecoder().decode(
            UserAgentIdentity.self, from: Data(contentsOf: URL(filePath: folder.path("identity.json")))
        ).registrations[UserAgentIdentity.onlyApp]
    }

    /// Runs the user agent while the script lasts.
    private func running<Result>(
        _ agent: UserAgent, _ app: RecordingApp? = nil, _ script: () async throws -> Result
    ) async throws -> Result {
        try await agent.register(app ?? self.app)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.run() }
            let result = try await script()
            group.cancelAll()
            return result
        }
    }

    /// A new user agent gets a message with the version v1.
    private func firstMessage(
        from peer: inout FakePushService.Peer, _ text: String, _ app: RecordingApp? = nil
    ) async throws -> String {
        _ = try await peer.greet()
        let channelID = try await peer.register()?.channelID ?? ""
        let keys = try #require(await (app ?? self.app).subscriptions.next()).keys
        let message = try peer.notification("v1", text, channelID: channelID, for: keys)
        try await peer.send(message)
        return message
    }
}
