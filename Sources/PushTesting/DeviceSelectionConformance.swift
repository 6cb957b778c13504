import Foundation
public import PushSender
public import Testing

/// What every ``DeviceStore`` with its ``UserStore`` must do with many devices at once, and with registrations that say which device they
/// are. Each guarantee takes fresh, empty stores.
public struct DeviceSelectionConformance: Sendable {
    public struct Guarantee: Sendable, CustomTestStringConvertible {
        public let testDescription: String
        public let check: @Sendable (DeviceSelectionConformance) async throws -> Void

        init(_ name: String, _ check: @escaping @Sendable (DeviceSelectionConformance) async throws -> Void) {
            testDescription = name
            self.check = check
        }
    }

    public static let all: [Guarantee] = [
        Guarantee("devices are found in the order of their ids") { try await $0.devicesAreFoundInTheOrderOfTheirIDs() },
        Guarantee("what SQL finds is what the condition is true of") { try await $0.whatIsFoundIsWhatTheConditionIsTrueOf() },
        Guarantee("only what matches is changed or removed") { try await $0.onlyWhatMatchesIsChangedOrRemoved() },
        Guarantee("a new owner's topics come when they are asked for") { try await $0.aNewOwnersTopicsComeWhenTheyAreAskedFor() },
        Guarantee("topics are changed for their owner alone") { try await $0.topicsAreChangedForTheirOwnerAlone() },
        Guarantee("what a user leaves, devices that joined it keep") { try await $0.whatAUserLeavesDevicesThatJoinedItKeep() },
        Guarantee("memberships are walked to their end") { try await $0.membershipsAreWalkedToTheirEnd() },
        Guarantee("a registration that names its device moves the token") { try await $0.aRegistrationThatNamesItsDeviceMovesTheToken() },
        Guarantee("a device stays its provider's") { try await $0.aDeviceStaysItsProviders() },
        Guarantee("who stays away longest is removed first") { try await $0.whoStaysAwayLongestIsRemovedFirst() },
        Guarantee("tags that are replaced leave nothing behind") { try await $0.tagsThatAreReplacedLeaveNothingBehind() },
    ]

    private let devices: any DeviceStore
    private let users: any UserStore
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    public init(devices: any DeviceStore, users: any UserStore) {
        self.devices = devices
        self.users = users
    }

    private static let ofAnn = AudienceCondition.term(.isOneOf(.device(.user), [.string("ann")]))

    /// `id` is a few digits.
    private func register(
        _ id: String, _ token: String? = nil, names: Bool = false, provider: ProviderName = .fcm, user: String? = nil,
        topics: [String]? = nil, profile: DeviceProfileChanges = DeviceProfileChanges(), secondsLater: Double = 0
    ) async throws -> Device {
        try await devices.register(
            DeviceRegistration(
                id: names ? DeviceID(rawValue: id) : nil, app: .default, provider: provider,
                token: Token(address: token ?? "token \(id)"), user: user, topics: topics, profile: profile),
            newID: DeviceID(rawValue: id), now: now.addingTimeInterval(secondsLater)
        ).device
    }

    private func found(_ condition: AudienceCondition, after: String? = nil, limit: Int = 100) async throws -> [String] {
        try await devices.devices(matching: condition, app: .default, after: after.map(DeviceID.init), limit: limit).map(\.id.rawValue)
    }

    private func topics(_ id: String) async throws -> [String]? {
        try await devices.device(DeviceID(rawValue: id), app: .default)?.topics
    }

    // MARK: Selections

    func devicesAreFoundInTheOrderOfTheirIDs() async throws {
        for id in ["3", "1", "4", "2"] { _ = try await register(id, user: id == "4" ? "bob" : "ann", topics: ["a", "b"]) }
        _ = try await register("0", provider: .hms)
        #expect(try await found(.always) == ["0", "1", "2", "3", "4"])
        #expect(try await found(.always, after: "1", limit: 2) == ["2", "3"])
        #expect(try await found(Self.ofAnn, limit: 2) == ["1", "2"])
        #expect(try await found(Self.ofAnn, after: "2", limit: 2) == ["3"])
        let inBoth = AudienceCondition.anyOf([.term(.topic("a")), .term(.topic("b"))])
        #expect(try await found(inBoth, after: "1", limit: 2) == ["2", "3"])
        #expect(try await found(.never).isEmpty)
        #expect(try await devices.count(matching: inBoth, app: .default) == 4)
    }

    func whatIsFoundIsWhatTheConditionIsTrueOf() async throws {
        var android = DeviceProfileChanges(), ios = DeviceProfileChanges()
        (android.platform, ios.platform) = ("android", "ios")
        let all = [
            try await register("1", user: "ann", topics: ["a"], profile: android),
            try await register("2", user: "ann", topics: ["b"], profile: ios),
            try await register("3", provider: .hms, user: "bob", topics: ["a", "b"], profile: android),
            try await register("4", profile: ios),
        ]
        let terms: [AudienceCondition] = [
            Self.ofAnn, .term(.isOneOf(.device(.id), [.string("1"), .string("4"), .string("x")])), .term(.topic("a")),
            .anyOf([.term(.topic("a")), .term(.topic("b"))]), .term(.isOneOf(.device(.provider), [.string("hms")])),
            .term(.isOneOf(.device(.platform), [.string("ios")])),
        ]
        for one in terms {
            for other in terms {
                let both = AudienceCondition.allOf([one, other])
                let wanted = all.filter { both.matches($0, asOf: now) }.map(\.id.rawValue)
                #expect(try await found(both) == wanted, "\(both)")
                #expect(try await devices.count(matching: both, app: .default) == wanted.count)
            }
        }
    }

    func onlyWhatMatchesIsChangedOrRemoved() async throws {
        for id in ["1", "2", "3"] { _ = try await register(id, user: id == "3" ? "bob" : "ann", topics: ["a", "b"]) }
        var changes = DeviceChanges()
        changes.topics = .remove(["a"])
        changes.profile.timeZone = "Asia/Tokyo"
        #expect(try await devices.update(matching: Self.ofAnn, app: .default, changes, now: now) == 2)
        let tokyo = try await found(.term(.isOneOf(.device(.timeZone), [.string("Asia/Tokyo")])))
        let topics = [try await topics("1"), try await topics("2"), try await topics("3")]
        #expect(tokyo == ["1", "2"] && topics == [["b"], ["b"], ["a", "b"]])
        #expect(try await devices.remove(matching: Self.ofAnn, app: AppID(rawValue: 2)) == 0)
        #expect(try await devices.remove(matching: Self.ofAnn, app: .default) == 2)
        #expect(try await found(.always) == ["3"])
    }

    func aNewOwnersTopicsComeWhenTheyAreAskedFor() async throws {
        try await users.change(.add(["of bob"]), user: "bob", app: .default, now: now)
        _ = try await register("1", user: "ann", topics: ["own"])
        var changes = DeviceChanges(owner: .user("bob"))
        changes.joinsOwnersTopics = false
        try await devices.update(matching: .always, app: .default, changes, now: now)
        #expect(try await topics("1") == ["own"])
        changes.joinsOwnersTopics = true
        try await devices.update(matching: .always, app: .default, changes, now: now)
        #expect(try await topics("1") == ["of bob", "own"])
    }

    // MARK: Topics

    func topicsAreChangedForTheirOwnerAlone() async throws {
        _ = try await register("1", user: "ann", topics: ["a", "b"])
        func change(_ change: TopicChange, _ id: String = "1", _ owner: String?) async throws -> TopicChangeVerdict {
            try await devices.change(change, device: DeviceID(rawValue: id), app: .default, owner: owner)
        }
        #expect(try await change(.set([]), "1", "bob") == .ownedByAnother)
        #expect(try await change(.set([]), "9", nil) == .unknownDevice)
        #expect(try await topics("1") == ["a", "b"])
        #expect(try await change(.set(["b", "c"]), "1", "ann") == .changed)
        #expect(try await topics("1") == ["b", "c"])
        try await users.change(.add(["of ann", "c"]), user: "ann", app: .default, now: now)
        #expect(try await change(.remove(["of ann", "c"]), "1", nil) == .changed)
        #expect(try await topics("1") == ["b"])
    }

    func whatAUserLeavesDevicesThatJoinedItKeep() async throws {
        _ = try await register("1", user: "ann", topics: ["both"])
        try await users.change(.add(["both", "x"]), user: "ann", app: .default, now: now)
        #expect(try await topics("1") == ["both", "x"])
        try await users.change(.set(["y"]), user: "ann", app: .default, now: now)
        #expect(try await topics("1") == ["both", "y"])
        try await users.change(.set(["everybody's"]), user: nil, app: .default, now: now)
        #expect(try await topics("1") == ["both", "y"], "until it registers again")
        #expect(try await users.everybodysTopics(app: .default) == ["everybody's"])
        try await users.change(.remove(["everybody's"]), user: nil, app: .default, now: now)
        #expect(try await users.everybodysTopics(app: .default).isEmpty)
    }

    func membershipsAreWalkedToTheirEnd() async throws {
        _ = try await register("1", user: "ann", topics: ["a%", "ab", "é1"])
        _ = try await register("2", topics: ["ab"])
        func page(_ after: DeviceMembership?, _ topics: TopicFilter) async throws -> DeviceMembership? {
            let cursor = after.map { DeviceMembership.Cursor(device: $0.device.id, topic: $0.topic) }
            return try await devices.memberships(matching: .always, in: topics, app: .default, after: cursor, limit: 1).first
        }
        for (filter, wanted) in [
            (TopicFilter(), ["1 a%", "1 ab", "1 é1", "2 ab"]), (TopicFilter(prefix: "a%"), ["1 a%"]),
            (TopicFilter(prefix: "é"), ["1 é1"]),
            (TopicFilter(names: ["ab", "x"], prefix: "a"), ["1 ab", "2 ab"]),
        ] {
            var walked: [String] = [], last: DeviceMembership?
            while let next = try await page(last, filter), walked.count < 10 {
                walked.append("\(next.device.id.rawValue) \(next.topic)")
                last = next
            }
            #expect(walked == wanted)
            #expect(try await devices.membershipCount(matching: .always, in: filter, app: .default) == wanted.count)
        }
        #expect(try await devices.membershipCount(matching: Self.ofAnn, in: TopicFilter(), app: .default) == 3)
        try await users.change(.add(["u"]), user: nil, app: .default, now: now)
        try await users.change(.add(["u", "v"]), user: "ann", app: .default, now: now)
        let all = try await users.memberships(of: [], in: TopicFilter(), app: .default, after: nil, limit: 10)
        #expect(all.map(\.user) == [nil, "ann", "ann"] && all.map(\.topic) == ["u", "u", "v"])
        #expect(try await users.memberships(of: ["ann"], in: TopicFilter(), app: .default, after: all[1], limit: 10) == [all[2]])
        #expect(try await users.membershipCount(of: [nil], in: TopicFilter(prefix: "u"), app: .default) == 1)
    }

    // MARK: Registrations

    func aRegistrationThatNamesItsDeviceMovesTheToken() async throws {
        _ = try await register("1", "old")
        _ = try await register("2", "new")
        #expect(try await register("1", "new", names: true, user: "ann").id.rawValue == "1")
        #expect(try await found(.always) == ["1"])
        #expect(try await devices.device(address: "new", provider: .fcm, app: .default)?.id.rawValue == "1")
        #expect(try await devices.device(address: "old", provider: .fcm, app: .default) == nil)
        #expect(try await register("3", "newer", names: true).id.rawValue == "3", "nobody has that id")
        #expect(try await register("4", "newer", names: true).id.rawValue == "3", "but the token is known")
    }

    func aDeviceStaysItsProviders() async throws {
        _ = try await register("1")
        await #expect(throws: PushProblem.self) { _ = try await register("1", names: true, provider: .hms) }
        #expect(try await found(.term(.isOneOf(.device(.provider), [.string("fcm")]))) == ["1"])
    }

    func whoStaysAwayLongestIsRemovedFirst() async throws {
        for (id, seconds) in [("1", 30.0), ("2", 10), ("3", 20), ("4", 40)] {
            _ = try await register(id, topics: ["t"], secondsLater: seconds)
        }
        _ = try await register("2", secondsLater: 50)
        #expect(try await devices.removeInactive(registeredBefore: now.addingTimeInterval(40), limit: 1) == 1)
        #expect(try await found(.always) == ["1", "2", "4"])
        #expect(try await devices.removeInactive(registeredBefore: now.addingTimeInterval(40), limit: 10) == 1)
        #expect(try await devices.removeInactive(registeredBefore: now.addingTimeInterval(40), limit: 10) == 0)
        #expect(try await found(.always) == ["2", "4"])
    }

    func tagsThatAreReplacedLeaveNothingBehind() async throws {
        var profile = DeviceProfileChanges()
        profile.tags = ["a": .string("1"), "b": .string("2")]
        _ = try await register("1", profile: profile)
        profile.tags = ["b": .string("3")]
        profile.replacesTags = true
        #expect(try await register("1", profile: profile).profile.tags == ["b": .string("3")])
        #expect(try await found(.term(.has(.tag("a")))).isEmpty)
        #expect(try await found(.term(.isOneOf(.tag("b"), [.string("3")]))) == ["1"])
    }
}
