import Foundation
import PushSender
import PushTesting
import Testing

@testable import PushStorage

@Suite struct DeviceBatchTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// The same random registrations, one after the other and in batches: of few tokens and users, so that most come again.
    @Test(arguments: TestDatabase.Kind.available, Array(Seeds.chosen.prefix(5)))
    func aBatchMeansWhatSingleRegistrationsMean(_ kind: TestDatabase.Kind, _ seed: UInt64) async throws {
        let (singly, together) = (try await TestDatabase(kind), try await TestDatabase(kind))
        for test in [singly, together] {
            let users = SQLUserStore(test.database)
            try await users.joinEverybody("everybody", app: .default)
            try await users.join("news", user: "user 1", app: .default, now: now)
            try await users.join("of user 2", user: "user 2", app: .default, now: now)
        }
        var random = SeededGenerator(seed: seed)
        let registrations = (0..<400).map { _ in Self.registration(&random) }
        let ids = registrations.indices.map { DeviceID(rawValue: "device \($0)") }

        var expected: [DeviceEntryOutcome] = []
        for (registration, id) in zip(registrations, ids) {
            expected.append(try await register(registration, id, in: singly.database))
        }
        var outcomes: [DeviceEntryOutcome] = []
        var rest = zip(registrations, ids).map { DeviceEntry($0, id: $1) }[...]
        while !rest.isEmpty {
            let batch = try DeviceBatch(Array(rest.prefix(.random(in: 1...150, using: &random))), now: now)
            rest = rest.dropFirst(batch.count)
            outcomes += try await SQLDeviceStore(together.database).register(batch, app: .default, now: now)
        }

        #expect(outcomes == expected)
        #expect(expected.contains(.new) && expected.contains(.renewed))
        #expect(try await MovingFixture.contents(together.database) == MovingFixture.contents(singly.database))
    }

    private func register(_ registration: DeviceRegistration, _ id: DeviceID, in database: OpenDatabase) async throws -> DeviceEntryOutcome {
        do {
            return try await SQLDeviceStore(database).register(registration, newID: id, now: now).isNew ? .new : .renewed
        } catch let problem as PushProblem {
            return .refused(problem)
        }
    }

    private static func registration(_ random: inout SeededGenerator) -> DeviceRegistration {
        var profile = DeviceProfileChanges()
        profile.platform = ["ios", "", nil].randomElement(using: &random) ?? nil
        profile.locale = ["de-AT", nil].randomElement(using: &random) ?? nil
        profile.timeZone = ["Europe/Vienna", nil].randomElement(using: &random) ?? nil
        profile.appVersion = ["1.2.10", "2.0-beta.1", nil].randomElement(using: &random) ?? nil
        if Bool.random(using: &random) { profile.tags = tags(&random) }
        let provider: ProviderName = Bool.random(using: &random) ? .apns : .fcm
        let isGuessed = Bool.random(using: &random)
        return DeviceRegistration(
            app: .default, provider: provider,
            token: Token(
                address: "token \(Int.random(in: 0..<60, using: &random))", keys: Bool.random(using: &random) ? [1, 0] : [],
                environment: isGuessed || Bool.random(using: &random) ? .production : .sandbox,
                kind: Bool.random(using: &random) ? "voip" : ""),
            isEnvironmentGuessed: isGuessed, user: Bool.random(using: &random) ? "user \(Int.random(in: 0..<5, using: &random))" : nil,
            topics: [nil, [], ["news"], ["sport", "news"], ["everybody"]].randomElement(using: &random) ?? nil, profile: profile)
    }

    private static func tags(_ random: inout SeededGenerator) -> [String: TagValue?] {
        let values: [TagValue?] = [
            .string("pro"), .number(1.5), .boolean(true), .list([.string("a"), .number(2)]), .list([]), nil, .string("\"\\/ü\n"),
        ]
        var tags: [String: TagValue?] = [:]
        // Twice so many may be too many together.
        for _ in 0..<Int.random(in: 0..<40, using: &random) {
            tags["tag \(Int.random(in: 0..<100, using: &random))"] = values.randomElement(using: &random) ?? nil
        }
        return tags
    }

    @Test(arguments: TestDatabase.Kind.available)
    func anIDThatIsTakenIsRefusedAndNothingElse(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), devices = SQLDeviceStore(test.database)
        defer { withExtendedLifetime(test) {} }
        func entry(_ token: String, _ id: String?) -> DeviceEntry {
            DeviceEntry(
                DeviceRegistration(app: .default, provider: .fcm, token: Token(address: token)), id: id.map(DeviceID.init))
        }
        let batch = try DeviceBatch([entry("a", "1"), entry("b", "1"), entry("c", nil), entry("a", "2")], now: now)
        let outcomes = try await devices.register(batch, app: .default, now: now)
        #expect(outcomes[0] == .new && outcomes[2] == .new && outcomes[3] == .renewed)
        guard case .refused(let problem) = outcomes[1] else { throw StorageError(.failed, "it was taken twice") }
        #expect(problem.field == "id")
        let stored = try await devices.devices(app: .default, after: nil, limit: 10)
        #expect(Set(stored.map(\.token.address)) == ["a", "c"])
        #expect(stored.first { $0.token.address == "a" }?.id.rawValue == "1", "a known device keeps its id")
    }

    @Test(arguments: TestDatabase.Kind.available)
    func whatOnlyAFileTellsIsKept(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), devices = SQLDeviceStore(test.database)
        defer { withExtendedLifetime(test) {} }
        let (first, last, dead) = (now.addingTimeInterval(-300), now.addingTimeInterval(-200), now.addingTimeInterval(-100))
        let registration = DeviceRegistration(app: .default, provider: .fcm, token: Token(address: "a"), topics: ["b", "a"])
        let entry = DeviceEntry(registration, id: DeviceID(rawValue: "1"), createdAt: first, registeredAt: last, disabledAt: dead)
        _ = try await devices.register(DeviceBatch([entry], now: now), app: .default, now: now)
        let device = try #require(try await devices.devicesWithOwnTopics(app: .default, after: nil, limit: 10).first)
        #expect(device.createdAt == first && device.registeredAt == last && device.disabledAt == dead && device.topics == ["a", "b"])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func onlyTheDevicesOwnTopicsAreListed(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), devices = SQLDeviceStore(test.database)
        defer { withExtendedLifetime(test) {} }
        try await SQLUserStore(test.database).join("of the user", user: "ann", app: .default, now: now)
        let registration = DeviceRegistration(app: .default, provider: .fcm, token: Token(address: "a"), user: "ann", topics: ["own"])
        _ = try await devices.register(DeviceBatch([DeviceEntry(registration)], now: now), app: .default, now: now)
        #expect(try await devices.devices(app: .default, after: nil, limit: 10).first?.topics == ["of the user", "own"])
        #expect(try await devices.devicesWithOwnTopics(app: .default, after: nil, limit: 10).first?.topics == ["own"])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func everyTagsNameIsFound(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), devices = SQLDeviceStore(test.database)
        defer { withExtendedLifetime(test) {} }
        var profile = DeviceProfileChanges()
        profile.tags = ["plan": .string("pro"), "empty": .list([])]
        let registration = DeviceRegistration(app: .default, provider: .fcm, token: Token(address: "a"), profile: profile)
        _ = try await devices.register(DeviceBatch([DeviceEntry(registration)], now: now), app: .default, now: now)
        #expect(try await devices.tagNames(app: .default) == ["empty", "plan"])
    }
}
