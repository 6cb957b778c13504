import Foundation
import PushSender
import Testing

@Suite struct AudienceConditionTests {
    private let now = Date(timeIntervalSince1970: 1_769_850_000)

    private func device(_ change: (inout Device) -> Void = { _ in }) -> Device {
        var profile = DeviceProfile()
        profile.platform = "ios"
        profile.appVersion = "2.10.1"
        profile.tags = [
            "plan": .string("pro"), "age": .number(17.5), "beta": .boolean(true),
            "countries": .list([.string("de"), .string("at"), .number(3)]), "none": .list([]),
        ]
        var device = Device(
            id: DeviceID(rawValue: "d"), app: .default, provider: .apns, token: Token(address: "t"), user: "u", topics: ["news"],
            profile: profile, createdAt: now, registeredAt: now.addingTimeInterval(-10 * 86_400), disabledAt: nil)
        change(&device)
        return device
    }

    @Test(arguments: [
        "beta", #"plan == "pro""#, #"plan in ["x", "pro"]"#, "age < 18", "age >= 17.5", "age > -1", #"countries == "at""#, "countries == 3",
        #"countries != "fr""#, #"countries > "at""#, "missing != 1", "not missing", "missing not in [1, 2]", "has(plan)", "not has(none)",
        "not has(missing)", #"plan != 5"#, #"not plan > 5"#, #"topic("news")"#, #"not topic("sport")"#, #"device.platform == "ios""#,
        #"device.provider in ["apns", "fcm"]"#, #"device.user == "u""#, "has(device.user)", "not has(device.locale)",
        #"device.locale != "de""#, #"device.app_version > "2.9""#, #"device.app_version == "2.10.1.0""#, #"device.last_seen < "9d ago""#,
        #"device.last_seen > "11d ago""#, #"device.id == "d""#, "beta > false",
    ]) func isTrue(_ text: String) throws {
        let condition = try AudienceExpression(text).condition
        #expect(condition.matches(device(), asOf: now))
        #expect(!AudienceCondition.not(condition).matches(device(), asOf: now))
    }

    @Test func anAudienceIsTheUnionOfWhatIsNamedWithinItsTags() throws {
        let pro = try AudienceExpression(#"plan == "pro""#)
        let stranger = device { $0.profile.tags = [:] }
        func isIn(_ audience: Audience, _ device: Device) -> Bool { audience.condition.matches(device, asOf: now) }
        #expect(isIn(.everyone, stranger) && !isIn(Audience(), stranger))
        #expect(isIn(Audience(tags: pro), device()) && !isIn(Audience(tags: pro), stranger))
        #expect(isIn(Audience(users: ["x"], topics: ["news"]), stranger) && !isIn(Audience(users: ["x"], topics: ["sport"]), stranger))
        #expect(isIn(Audience(topics: ["news"], tags: pro), device()) && !isIn(Audience(topics: ["news"], tags: pro), stranger))
        #expect(
            isIn(Audience(devices: [DeviceID(rawValue: "d")]), stranger) && !isIn(Audience(devices: [DeviceID(rawValue: "e")]), stranger))
        #expect(isIn(Audience(saved: [Audience(tags: pro)]), device()) && !isIn(Audience(saved: [Audience(tags: pro)]), stranger))
        #expect(!isIn(Audience(everyone: true, excluded: [Audience(users: ["u"])]), stranger))
        #expect(isIn(Audience(everyone: true, excluded: [Audience(everyone: true, excluded: [Audience(users: ["u"])])]), stranger))
        #expect(!isIn(Audience(tokens: [RawToken(provider: .apns, token: Token(address: "t"))]), device()))
    }

    @Test(arguments: [
        (#"device.provider == "fcm""#, false), (#"device.provider != "fcm""#, true), (#"device.time_zone in ["Asia/Tokyo"]"#, true),
        (#"not has(device.time_zone)"#, false), (#"device.provider == "fcm" and beta"#, false),
        (#"device.provider == "apns" or beta"#, true),
    ]) func whatASegmentDecidesNeedNotBeAsked(_ text: String, _ isTrue: Bool) throws {
        let condition = try AudienceExpression(text).condition.assuming(provider: .apns, timeZone: "Asia/Tokyo")
        #expect(condition == (isTrue ? .always : .never))
    }

    @Test func anAudienceThatIsTooMuchForADatabaseIsRefused() throws {
        let users = (0..<AudienceLimits.names).map { "u\($0)" }
        try Audience(users: users).checkSize()
        for audience in [
            Audience(users: ["x"], excluded: [Audience(users: users)]), Audience(topics: (0...AudienceLimits.terms).map { "t\($0)" }),
            (0..<AudienceLimits.nestingLevels).reduce(Audience(users: ["u"])) { inner, _ in Audience(topics: ["x"], excluded: [inner]) },
        ] {
            let problem = #expect(throws: PushProblem.self) { try audience.checkSize() }
            #expect(problem?.field == "audience")
        }
    }
}
