import Foundation
import PushSender
import PushStorage
import PushTesting
import Testing
import WebPush

@Suite struct NotifierTests {
    private let hello = PushSender.Notification(title: "hello")
    private let clock = ManualClock()

    private func device(_ id: String, provider: ProviderName = .fcm, user: String? = nil) -> Device {
        Device(
            id: DeviceID(rawValue: id), app: .default, provider: provider, token: Token(address: "token of \(id)"), user: user, topics: [],
            createdAt: clock.date, registeredAt: clock.date, disabledAt: nil)
    }

    private func notifier(
        _ devices: any DeviceDirectory, _ providers: [any PushProvider], _ settings: DispatchSettings = DispatchSettings(),
        retriesKept: Int = 100, problemsKept: Int = 100
    ) -> Notifier {
        Notifier(
            devices: devices, providers: providers, settings: settings, retriesKept: retriesKept, problemsKept: problemsKept,
            now: { [clock] in clock.date }, clock: clock)
    }

    private func accepting(_ name: ProviderName = .fcm) -> ScriptedProvider { ScriptedProvider(name: name) { _, _ in .accepted(id: nil) } }

    /// What has been said so far.
    private func heard(_ notifier: Notifier) async -> [TransportProblem] {
        notifier.problems.finish()
        var heard: [TransportProblem] = []
        for await problem in notifier.problems { heard.append(problem) }
        return heard
    }

    // MARK: The four calls

    @Test func oneDeviceOfTwoWithTheSameTokenIsSentTo() async throws {
        let provider = accepting()
        var twin = device("twin")
        twin.token = Token(address: "token of one")
        let notifier = notifier(DeviceList([device("one"), twin]), [provider])
        let counters = try await notifier.notify(hello, deviceID: DeviceID(rawValue: "twin"))
        #expect(provider.attempts.map(\.device.rawValue) == ["twin"])
        #expect(counters.accepted == 1 && counters.total == 1)
    }

    @Test func aDeviceNeedNotBeInTheList() async throws {
        let provider = accepting()
        try await notifier(DeviceList(), [provider]).notify(hello, device: device("stranger"))
        #expect(provider.attempts.map(\.token.address) == ["token of stranger"])
    }

    @Test func aConditionReachesItsDevicesInEveryLanePageByPage() async throws {
        let android = accepting(), apple = accepting(.apns)
        var list = (0..<7).map { device("mine \($0)", provider: $0 % 3 == 0 ? .apns : .fcm, user: "myself") }
        list.append(device("friend's", user: "friend"))
        var settings = DispatchSettings()
        settings.pageDevices = 2
        let notifier = notifier(DeviceList(list), [android, apple], settings)
        let counters = try await notifier.notify(hello, where: .term(.isOneOf(.device(.user), [.string("myself")])))
        #expect(apple.attempts.map(\.device.rawValue).sorted() == ["mine 0", "mine 3", "mine 6"])
        #expect(android.attempts.map(\.device.rawValue).sorted() == ["mine 1", "mine 2", "mine 4", "mine 5"])
        #expect(counters.accepted == 7)
        #expect(try await notifier.notify(hello, where: .never).total == 0)
    }

    @Test func tokensGoToTheirProviderAtOnce() async throws {
        let provider = accepting()
        let counters = try await notifier(DeviceList(), [provider]).notify(
            hello, tokens: [Token(address: "a"), Token(address: "b")], provider: .fcm)
        #expect(Set(provider.attempts.map(\.token.address)) == ["a", "b"])
        #expect(Set(provider.attempts.map(\.push)).count == 1)
        #expect(counters.accepted == 2)
    }

    // MARK: What is wrong here

    @Test func whatIsWrongHereIsThrownAndNothingIsSent() async throws {
        let provider = accepting()
        var gone = device("gone")
        gone.disabledAt = clock.date
        let list = DeviceList([device("mine"), device("windows", provider: .wns), gone])
        let notifier = notifier(list, [provider, Poor()])
        func code(_ work: () async throws -> PushCounters) async -> PushProblem.Code? {
            do {
                _ = try await work()
                return nil
            } catch {
                return (error as? PushProblem)?.code
            }
        }
        let id = DeviceID(rawValue: "mine")
        #expect(await code { try await notifier.notify(hello, deviceID: DeviceID(rawValue: "nobody")) } == .unknownDevice)
        #expect(await code { try await notifier.notify(hello, deviceID: gone.id) } == .unknownDevice)
        #expect(await code { try await notifier.notify(hello, deviceID: DeviceID(rawValue: "windows")) } == .unknownProvider)
        #expect(await code { try await notifier.notify(hello, where: .always) } == .unknownProvider)
        #expect(await code { try await notifier.notify(hello, device: device("x", provider: .hms)) } == .noCredential)
        #expect(await code { try await notifier.notify(PushSender.Notification(), deviceID: id) } == .invalidField)
        #expect(await code { try await notifier.notify(hello, tokens: [], provider: .fcm) } == .invalidField)
        #expect(await code { try await notifier.notify(hello, deviceID: id, policy: PushPolicy(collapseKey: "")) } == .invalidField)
        #expect(provider.attempts.isEmpty)
        #expect(await heard(notifier).isEmpty)
    }

    /// A provider that there are no credentials for.
    private struct Poor: PushProvider {
        let name = ProviderName.hms
        func problem(with notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? { nil }
        func problem(sendingFor app: AppID) -> PushProblem? { PushProblem(.noCredential, field: "hms", "there is none") }
        func prepare(_ push: Push, lane: Lane) -> any PreparedPush {
            ScriptedProvider { _, _ in .accepted(id: nil) }.prepare(push, lane: lane)
        }
    }

    // MARK: What goes wrong on the way

    @Test func everyOutcomeButSuccessIsHeard() async throws {
        let answers: [(Outcome, TransportProblem.Kind)] = [
            (.unregistered(since: nil), .unregistered), (.rejected(reason: "too big"), .rejected), (.throttled(until: nil), .throttled),
            (.unavailable(until: nil, reason: "503"), .unavailable), (.unauthorized(problem: "bad key"), .unauthorized),
        ]
        for (outcome, kind) in answers {
            let notifier = notifier(DeviceList([device("one")]), [ScriptedProvider(name: .fcm) { _, _ in outcome }])
            try await notifier.notify(hello, deviceID: DeviceID(rawValue: "one"))
            let problems = await heard(notifier)
            #expect(problems.map(\.kind) == [kind])
            #expect(problems.first?.token?.address == "token of one")
            #expect(problems.first?.description.contains("token of one") == false)
        }
    }

    @Test func aDeadTokenDisablesItsDeviceInTheListAndInADatabase() async throws {
        let engine = try Engine()
        let stored = try await engine.registerDevices(1, lane: Lane(app: .default, provider: .fcm))[0]
        let list = DeviceList([device("listed")])
        for (devices, id) in [(engine.devices as any DeviceDirectory, stored), (list, DeviceID(rawValue: "listed"))] {
            let notifier = notifier(devices, [ScriptedProvider(name: .fcm) { _, _ in .unregistered(since: nil) }])
            let counters = try await notifier.notify(hello, deviceID: id)
            #expect(counters.unregistered == 1)
            #expect(try await devices.device(id, app: .default)?.disabledAt == clock.date)
        }
    }

    @Test func ofManyTokensEachHasItsOwnOutcome() async throws {
        let answers: [String: Outcome] = [
            "t1": .unregistered(since: nil), "t3": .rejected(reason: "MismatchSenderId"), "t4": .unregistered(since: nil),
            "t5": .rejected(reason: "MismatchSenderId"),
        ]
        let provider = ScriptedProvider(name: .fcm) { attempt, _ in answers[attempt.token.address] ?? .accepted(id: nil) }
        let notifier = notifier(DeviceList(), [provider])
        let counters = try await notifier.notify(hello, tokens: (1...5).map { Token(address: "t\($0)") }, provider: .fcm)
        #expect(counters.accepted == 1 && counters.unregistered == 2 && counters.failed == 2)
        let problems = await heard(notifier)
        #expect(Set(problems.filter { $0.kind == .unregistered }.compactMap(\.token?.address)) == ["t1", "t4"])
        #expect(Set(problems.filter { $0.reason == "MismatchSenderId" }.compactMap(\.token?.address)) == ["t3", "t5"])
    }

    @Test func aBetterTokenTakesTheOldOnesPlace() async throws {
        let engine = try Engine()
        let stored = try await engine.registerDevices(1, lane: Lane(app: .default, provider: .fcm))[0]
        let list = DeviceList([device("listed")])
        for (devices, id) in [(engine.devices as any DeviceDirectory, stored), (list, DeviceID(rawValue: "listed"))] {
            let notifier = notifier(devices, [ScriptedProvider(name: .fcm) { _, _ in .replaced(token: Token(address: "better")) }])
            #expect(try await notifier.notify(hello, deviceID: id).accepted == 1)
            #expect(try await devices.device(id, app: .default)?.token.address == "better")
        }
    }

    @Test(.timeLimit(.minutes(1))) func whatIsWorthItIsTriedAgainWhileItRuns() async throws {
        let provider = ScriptedProvider(name: .fcm) { _, number in
            number < 3 ? .unavailable(until: nil, reason: "503") : .accepted(id: nil)
        }
        let notifier = notifier(DeviceList([device("one")]), [provider])
        #expect(try await notifier.notify(hello, deviceID: DeviceID(rawValue: "one")).retrying == 1)
        async let running: Void = notifier.run()
        while provider.attempts.count < 3 {
            try await clock.waitForSleepers(1)
            clock.advance(by: .seconds(5))
        }
        #expect(Set(provider.attempts.map(\.push)).count == 1)
        #expect(await heard(notifier).map(\.kind) == [.unavailable, .unavailable])
        
    }

    @Test(.timeLimit(.minutes(1))) func aDeviceThatIsGoneIsNotTriedAgain() async throws {
        let provider = ScriptedProvider(name: .fcm) { _, _ in .unavailable(until: nil, reason: "503") }
        let list = DeviceList([device("gone"), device("there")])
        let notifier = notifier(list, [provider])
        try await notifier.notify(hello, where: .always)
        list.remove(DeviceID(rawValue: "gone"))
        async let running: Void = notifier.run()
        while provider.attempts.count < 4 {
            try await clock.waitForSleepers(1)
            clock.advance(by: .seconds(5))
        }
        #expect(provider.attempts.filter { $0.device.rawValue == "gone" }.count == 1)
        
    }

    @Test func thereIsRoomForSoManyRetriesAndNoMore() async throws {
        let notifier = notifier(
            DeviceList((0..<5).map { device("\($0)") }), [ScriptedProvider(name: .fcm) { _, _ in .unavailable(until: nil, reason: "503") }],
            retriesKept: 2)
        let counters = try await notifier.notify(hello, where: .always)
        #expect(counters.retrying == 2 && counters.expired == 3)
        #expect(await heard(notifier).count { $0.kind == .givenUp } == 3)
    }

    @Test func theOldestProblemsAreDroppedAndCounted() async throws {
        let list = DeviceList((0..<5).map { device("\($0)") })
        let notifier = notifier(list, [ScriptedProvider(name: .fcm) { _, _ in .rejected(reason: "no") }], problemsKept: 2)
        for index in 0..<5 { try await notifier.notify(hello, deviceID: DeviceID(rawValue: "\(index)")) }
        #expect(notifier.problems.droppedCount == 3)
        #expect(await heard(notifier).map(\.device.rawValue) == ["3", "4"])
    }

}
