import PushSender
import PushTesting

/// Expressions and audiences that are true of some of a ``Population``, made from a seed.
enum RandomAudience {
    static func audience(levels: Int = 2, using random: inout SeededGenerator) throws -> Audience {
        var audience = Audience()
        func some<Value>(_ values: [Value], _ random: inout SeededGenerator) -> [Value] {
            values.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: audience.everyone = true
        case 1: break
        default:
            audience.topics = some(Population.topics, &random)
            // More names than are looked for one by one.
            if Int.random(in: 0..<4, using: &random) == 0 { audience.topics += Population.topics + (0..<20).map { "t\($0)" } }
            audience.users = some(Population.users, &random)
            audience.devices = some((0..<12).map { DeviceID(rawValue: "d\($0)") }, &random)
            if levels > 0 { audience.saved = try some([0, 1], &random).map { _ in try self.audience(levels: levels - 1, using: &random) } }
        }
        if audience.nameCount == 0 || Bool.random(using: &random) {
            audience.tags = try AudienceExpression(text(levels: 3, using: &random))
        }
        if levels > 0, Int.random(in: 0..<3, using: &random) == 0 {
            audience.excluded = [try self.audience(levels: levels - 1, using: &random)]
        }
        return audience
    }

    static func text(levels: Int, using random: inout SeededGenerator) -> String {
        guard levels > 0 else { return term(using: &random) }
        func part(_ random: inout SeededGenerator) -> String { text(levels: levels - 1, using: &random) }
        return switch Int.random(in: 0..<5, using: &random) {
        case 0: "(\(part(&random)) and \(part(&random)))"
        case 1: "(\(part(&random)) or \(part(&random)))"
        case 2: "(\(part(&random)) or \(part(&random)) or \(part(&random)))"
        case 3: "not \(part(&random))"
        default: term(using: &random)
        }
    }

    private static let comparisons = ["==", "!=", "<", "<=", ">", ">="]
    private static let tags = ["plan", "age", "beta", "countries", #"tag("odd name\n")"#, "é", "missing"]
    private static let values = [
        #""pro""#, #""free""#, #""a\"\\b""#, #""é""#, "\"e\u{301}\"", #""""#, #""2.10""#, "-1e300", "-2.5", "-0", "0", "1e-9", "1", "18",
        "17", "true", "false",
    ]
    private static let ofDevices: [(field: String, values: [String])] = [
        ("platform", ["ios", "web", ""]), ("provider", ["apns", "fcm", "webpush"]), ("locale", ["de-AT", "é", "fr"]),
        ("time_zone", ["Europe/Vienna", "Asia/Tokyo"]), ("app_version", ["2.10", "2", "2.0"]), ("user", ["u1", "é", ""]),
        ("id", ["d1", "d2", "x"]),
    ]

    private static func term(using random: inout SeededGenerator) -> String {
        func one(_ values: [String]) -> String { values.randomElement(using: &random) ?? "" }
        let tag = one(tags)
        let device = ofDevices.randomElement(using: &random) ?? ofDevices[0]
        return switch Int.random(in: 0..<12, using: &random) {
        case 0: tag
        case 1...4: "\(tag) \(one(comparisons)) \(one(values))"
        case 5: "\(tag) \(one(["in", "not in"])) [\(one(values)), \(one(values)), \(one(values))]"
        case 6: "has(\(one([tag, "device." + device.field, "device.last_seen"])))"
        case 7: "topic(\(one([#""news""#, #""t\"1""#, #""é""#])))"
        case 8: "device.last_seen \(one(["<", ">="])) \(one([#""90d ago""#, #""20w ago""#, #""2029-12-01T00:00:00Z""#]))"
        case 9: "device.app_version \(one(comparisons)) \(one([#""2.9""#, #""2.0""#, #""2.0-rc""#, #""3""#, #""""#]))"
        case 10: "device.\(device.field) in [\"\(one(device.values))\", \"\(one(device.values))\"]"
        default: "device.\(device.field) \(one(["==", "!="])) \"\(one(device.values))\""
        }
    }
}
