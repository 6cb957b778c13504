import Foundation
import PushStorage
import PushTesting
import Synchronization
import Testing
import WebPush

@testable import PushSender

/// The engine on a real SQLite file, with a scripted provider and a clock that the test moves.
@Suite(.timeLimit(.minutes(1))) struct DispatcherTests {
    private let engine: Engine

    init() throws { engine = try Engine() }

    @Test func everyDeviceGetsAPushOnce() async throws {
        let devices = try await engine.registerDevices(1000)
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        let push = try await engine.run(provider) { try await engine.send(to: .everyone, provider, settled: 1000) }
        #expect(Set(provider.attempts.map(\.device)) == Set(devices))
        #expect(provider.attempts.count == 1000)
        let status = try await engine.status(push)
        #expect(status?.state == .done && status?.total.accepted == 1000)
    }

    @Test func whatFailsForNowIsTriedUntilItIsTaken() async throws {
        _ = try await engine.registerDevices(3)
        let provider = ScriptedProvider { _, number in
            number < 3 ? .unavailable(until: nil, reason: "away") : .accepted(id: nil)
        }
        let push = try await engine.run(provider) {
            try await engine.send(to: .everyone, provider, settled: 3) { engine.clock.advance(by: .seconds(30)) }
        }
        #expect(provider.attempts.count == 9)
        let status = try await engine.status(push)
        #expect(status?.state == .done && status?.total.accepted == 3 && status?.total.retrying == 0)
    }

    @Test func nothingIsSentAfterTheTTL() async throws {
        _ = try await engine.registerDevices(2)
        let provider = ScriptedProvider { _, _ in .unavailable(until: nil, reason: "away") }
        let push = try await engine.run(provider) {
            try await engine.send(to: .everyone, provider, ttlSeconds: 100, settled: 2) {
                engine.clock.advance(by: .seconds(20))
            }
        }
        let status = try #require(try await engine.status(push))
        #expect(status.total.expired == 2 && status.total.total == 2)
        #expect(provider.attempts.allSatisfy { $0.at < status.push.expiresAt })
        #expect(try await engine.pushes.failures(of: push, after: nil, limit: 10).count == 2)
    }

    @Test func aDeadTokenIsNeverUsedAgain() async throws {
        let devices = try await engine.registerDevices(3)
        let provider = ScriptedProvider { attempt, _ in
            attempt.device == devices[1] ? .unregistered(since: nil) : .accepted(id: nil)
        }
        try await engine.run(provider) {
            let first = try await engine.send(to: .everyone, provider, settled: 3)
            #expect(try await engine.status(first)?.total.unregistered == 1)
            let second = try await engine.send(to: .everyone, provider, settled: 2)
            #expect(try await engine.status(second)?.total.total == 2)
        }
        #expect(provider.attempts.count { $0.device == devices[1] } == 1)
        #expect(try await engine.devices.device(devices[1], app: .default)?.disabledAt != nil)
    }

    @Test(arguments: [
        Audience(topics: ["empty"]), Audience(users: ["nobody"]), Audience(everyone: true, excluded: [.everyone]),
    ])
    func aPushToNobodyIsRefusedUnlessThatIsFine(_ audience: Audience) async throws {
        _ = try await engine.registerDevices(3)
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        let request = PushRequest(app: .default, audience: audience, notification: Notification(title: "t"))
        let problem = await #expect(throws: PushProblem.self) {
            try await engine.intake(provider).accept(request, now: engine.clock.date)
        }
        #expect(problem?.code == .nobody && problem?.field == "audience")
        try await engine.run(provider) {
            var request = request
            request.mayReachNobody = true
            let push = try await engine.intake(provider).accept(request, now: engine.clock.date).push.id
            // The dispatcher must come round to it before it is stopped. Otherwise the suite's time limit ends this.
            while try await engine.status(push)?.state != .done { await Task.yield() }
        }
    }

    @Test func aPushWithNothingForItsAudiencesProvidersIsRefused() async throws {
        _ = try await engine.registerDevices(3)
        var notification = Notification()
        notification.wns = WNSSection(type: "wns/raw", payload: "x")
        let request = PushRequest(app: .default, audience: .everyone, notification: notification)
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        let problem = await #expect(throws: PushProblem.self) {
            try await engine.intake(provider).accept(request, now: engine.clock.date)
        }
        #expect(problem?.code == .nobody && problem?.field == "notification")
        #expect(problem?.message.contains("webpush") == true)
    }

    @Test func whatADeadNodeHeldIsTakenOverAtTheCursor() async throws {
        let devices = try await engine.registerDevices(400)
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        // Another node claims the slice, sends a page, and is never heard of again.
        let push = try await engine.accept(.everyone, provider)
        let claimed = try #require(
            try await engine.pushes.claimSlices(.broadcast, engine.claim("dead node")).first)
        var slice = claimed.slice
        let page = try await engine.pushes.page(of: slice, audience: .everyone, app: .default, limit: 150)
        slice.cursor = page.last.map { DeviceCursor(shard: $0.device.shard, device: $0.device) }
        var record = PageRecord(
            push: push, lane: .webPush, source: .slice(slice, isFinished: false, given: nil, release: .kept),
            recordedAt: engine.clock.date)
        record.counters.accepted = 150
        #expect(try await engine.pushes.wrote(record, owner: LeaseOwner(rawValue: "dead node")))

        engine.clock.advance(by: .seconds(61))
        try await engine.run(provider) {
            engine.dispatcher?.wake()
            try await engine.recorder.wait(forSettled: 250, of: push)
        }
        #expect(Set(provider.attempts.map(\.device)) == Set(devices).subtracting(page.map(\.device)))
        #expect(try await engine.status(push)?.total.accepted == 400)
        #expect(try await engine.status(push)?.state == .done)
    }

    @Test func stoppingFinishesThePageAndReleasesTheSlice() async throws {
        _ = try await engine.registerDevices(1000)
        let first = AsyncStream.makeStream(of: Void.self)
        let provider = ScriptedProvider { _, _ in
            first.continuation.yield()
            return .accepted(id: nil)
        }
        let push = try await engine.accept(.everyone, provider)
        try await engine.run(provider) {
            var started = first.stream.makeAsyncIterator()
            await started.next()
        }
        let sent = provider.attempts.count
        let status = try #require(try await engine.status(push))
        #expect(status.total.accepted == sent, "everything that was sent is recorded")
        if sent < 1000 {
            let free = try await engine.pushes.claimSlices(.broadcast, engine.claim("next node"))
            #expect(!free.isEmpty, "another node need not wait for the lease to end")
        }
    }

    @Test func aSlowAttemptKeepsItsLease() async throws {
        _ = try await engine.registerDevices(1)
        let started = AsyncStream.makeStream(of: Void.self)
        let mayAnswer = AsyncStream.makeStream(of: Void.self)
        let provider = ScriptedProvider { _, _ in
            started.continuation.finish()
            for await _ in mayAnswer.stream {}
            return .accepted(id: nil)
        }
        try await engine.run(provider) {
            let push = try await engine.accept(.everyone, provider)
            for await _ in started.stream {}
            for renewals in 1...4 {
                try await engine.clock.waitForSleepers(Engine.services)
                engine.clock.advance(by: .seconds(20))
                try await engine.recorder.wait { $0.count { $0 == .leasesRenewed } >= renewals }
            }
            let stolen = try await engine.pushes.claimRetries(engine.claim("impatient node"))
            #expect(stolen.retries.isEmpty, "80 seconds later the lease of 60 still holds")
            mayAnswer.continuation.finish()
            try await engine.recorder.wait(forSettled: 1, of: push)
        }
        #expect(provider.attempts.count == 1)
    }

    @Test func aDeviceThatHangsHoldsUpNobody() async throws {
        let devices = try await engine.registerDevices(1200)
        let started = AsyncStream.makeStream(of: Void.self)
        let mayAnswer = AsyncStream.makeStream(of: Void.self)
        let provider = ScriptedProvider { attempt, _ in
            if attempt.device == devices[7] {
                started.continuation.finish()
                for await _ in mayAnswer.stream {}
            }
            return .accepted(id: nil)
        }
        let push = try await engine.run(provider) {
            let push = try await engine.accept(.everyone, provider)
            for await _ in started.stream {}
            for _ in 0..<10 {
                try await engine.clock.waitForSleepers(Engine.services)
                engine.clock.advance(by: .milliseconds(250))
            }
            try await engine.recorder.wait(forSettled: 1199, of: push)
            let status = try #require(try await engine.status(push))
            #expect(status.total.accepted == 1199 && status.total.retrying == 1 && status.state == .sending)
            mayAnswer.continuation.finish()
            try await engine.recorder.wait(forSettled: 1200, of: push)
            return push
        }
        #expect(provider.attempts.count == 1200, "what was in the air is not sent again")
        #expect(try await engine.status(push)?.state == .done)
    }

    @Test func refusedCredentialsCloseTheLaneAndBurnNoAttempt() async throws {
        _ = try await engine.registerDevices(1200)
        let isMended = Atomic(false)
        let provider = ScriptedProvider { _, _ in
            isMended.load(ordering: .relaxed) ? .accepted(id: nil) : .unauthorized(problem: "bad key")
        }
        let push = try await engine.run(provider) {
            let push = try await engine.accept(.everyone, provider)
            try await engine.recorder.wait { events in events.contains { $0.isUnauthorized } }
            #expect(try await engine.status(push)?.total.total ?? 0 <= 4 * 500, "only pages that were in the air were refused")
            isMended.store(true, ordering: .relaxed)
            try await engine.dispatcher?.credentialsChanged(app: .default, provider: .webPush)
            try await engine.wait(for: push, toSettle: 1200) { try await engine.dispatcher?.credentialsChanged(app: .default, provider: .webPush) }
            return push
        }
        let status = try #require(try await engine.status(push))
        #expect(status.total.accepted == 1200 && status.state == .done)
    }

    @Test func aProviderThatIsDownIsAskedLittle() async throws {
        _ = try await engine.registerDevices(2500)
        let isUp = Atomic(false)
        let provider = ScriptedProvider { _, _ in
            isUp.load(ordering: .relaxed) ? .accepted(id: nil) : .unavailable(until: nil, reason: "down")
        }
        let push = try await engine.run(provider) {
            let push = try await engine.accept(.everyone, provider)
            try await engine.recorder.wait { events in events.contains { $0.isUnavailable } }
            for _ in 0..<20 {
                engine.clock.advance(by: .milliseconds(100))
                engine.dispatcher?.wake()
            }
            #expect(provider.attempts.count <= 4 * 500 + 20, "pages in the air, and a probe")
            isUp.store(true, ordering: .relaxed)
            try await engine.wait(for: push, toSettle: 2500) {
                engine.clock.advance(by: .seconds(5))
                engine.dispatcher?.wake()
            }
            return push
        }
        let status = try #require(try await engine.status(push))
        #expect(status.total.accepted == 2500 && status.state == .done)
    }

    @Test func aProbeOfAShortPageLeavesNobodyOut() async throws {
        _ = try await engine.registerDevices(30)
        let isUp = Atomic(false)
        let provider = ScriptedProvider { _, _ in
            isUp.load(ordering: .relaxed) ? .accepted(id: nil) : .unavailable(until: nil, reason: "down")
        }
        try await engine.run(provider) {
            _ = try await engine.accept(.everyone, provider)
            try await engine.recorder.wait { events in events.contains { $0.isUnavailable } }
            isUp.store(true, ordering: .relaxed)
            let second = try await engine.accept(.everyone, provider)
            try await engine.wait(for: second, toSettle: 30) {
                engine.clock.advance(by: .seconds(3))
                engine.dispatcher?.wake()
            }
            #expect(try await engine.status(second)?.total.accepted == 30)
        }
    }

    @Test func oneFarSideThatIsDownDoesNotCloseTheOthers() async throws {
        _ = try await engine.registerDevices(400, address: { $0 % 2 == 0 ? "https://down/\($0)" : "https://up/\($0)" })
        let provider = ScriptedProvider(farSide: { $0.address.hasPrefix("https://down") ? "https://down" : "https://up" }) {
            attempt, _ in
            attempt.token.address.hasPrefix("https://down") ? .unavailable(until: nil, reason: "down") : .accepted(id: nil)
        }
        try await engine.run(provider) {
            let first = try await engine.send(to: .everyone, provider, settled: 200)
            #expect(try await engine.status(first)?.total.retrying == 200)
            let attempts = provider.attempts.count
            let second = try await engine.send(to: .everyone, provider, settled: 200)
            #expect(try await engine.status(second)?.total.accepted == 200)
            #expect(provider.attempts.count - attempts <= 200 + 10, "nobody asked the one that is down, but for a probe")
        }
    }

    @Test func tooManyDeadAtOnceAreNotBelieved() async throws {
        _ = try await engine.registerDevices(600)
        let provider = ScriptedProvider { _, _ in .unregistered(since: nil) }
        let push = try await engine.run(provider) { try await engine.send(to: .everyone, provider, settled: 600) }
        #expect(try await engine.devices.activeDeviceCount(app: .default) == 600, "no good device is ever deleted")
        #expect(try await engine.status(push)?.total.unregistered == 600)
        #expect(engine.recorder.events.contains(.tooManyDead(lane: .webPush)))
    }

    @Test func aLaneKeepsToItsRate() async throws {
        _ = try await engine.registerDevices(1000)
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        var settings = DispatchSettings()
        settings.pageDevices = 50
        settings.lanes[.webPush] = LaneSettings(devicesPerSecond: 100)
        try await engine.run(provider, settings) {
            let push = try await engine.accept(.everyone, provider)
            var seconds = 0.0
            while provider.attempts.count < 1000 {
                try await engine.clock.waitForSleepers(Engine.services)
                engine.clock.advance(by: .milliseconds(250))
                seconds += 0.25
                engine.dispatcher?.wake()
                await Task.yield()
                #expect(Double(provider.attempts.count) <= 100 + 100 * seconds + 4 * 50, "after \(seconds) s")
            }
            try await engine.recorder.wait(forSettled: 1000, of: push)
        }
    }

    @Test func oneClosedLaneDoesNotHoldUpAnother() async throws {
        _ = try await engine.registerDevices(20)
        _ = try await engine.registerDevices(20, lane: .sandbox)
        let web = ScriptedProvider { _, _ in .accepted(id: nil) }
        let apple = ScriptedProvider(name: .apns) { _, _ in .unauthorized(problem: "expired") }
        let push = try await engine.run([web, apple]) { try await engine.send(to: .everyone, web, apple, settled: 20) }
        let status = try #require(try await engine.status(push))
        #expect(status.total.accepted == 20)
        #expect(Set(web.attempts.map(\.device)).count == 20)
    }
}

extension SenderEvent {
    fileprivate var isUnauthorized: Bool { if case .unauthorized(.webPush, nil, _, "bad key") = self { true } else { false } }
    fileprivate var isUnavailable: Bool { if case .unavailable(.webPush, nil, _) = self { true } else { false } }
}

extension Lane {
    fileprivate static let sandbox = Lane(app: .default, provider: .apns, environment: .sandbox)
}
