import PushSender
import PushTesting

extension AudienceCondition {
    /// As the parser makes them: lists have at least two members.
    static func random(levels: Int, using random: inout SeededGenerator) -> AudienceCondition {
        func parts(_ random: inout SeededGenerator) -> [AudienceCondition] {
            (0..<Int.random(in: 2...4, using: &random)).map { _ in .random(levels: levels - 1, using: &random) }
        }
        switch levels == 0 ? 0 : Int.random(in: 0..<5, using: &random) {
        case 1: return .all(parts(&random))
        case 2: return .any(parts(&random))
        case 3: return .not(.random(levels: levels - 1, using: &random))
        default: return .term(.random(using: &random))
        }
    }
}

extension AudienceTerm {
    static let texts = ["", "pro", "free", "a\"\\b", "é", "e\u{301}", "\u{1}\n", "2.10", "2.9", "2.0-beta", "ios", "web", "u1", "😀"]
    static let moments = ["90d ago", "12h ago", "5m ago", "1w ago", "2026-01-31T09:00:00Z", "2026-01-31T09:00:00.250+02:00"]

    static func random(using random: inout SeededGenerator) -> AudienceTerm {
        let order = AudienceOrder.allCases.randomElement(using: &random) ?? .less
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .topic(["news", "t\"1", "é", "sport"].randomElement(using: &random) ?? "")
        case 1: return .has(.random(using: &random))
        case 2: return .lastSeen(order, AudienceMoment(moments.randomElement(using: &random) ?? "")!)
        case 3: return .compares(.device(.appVersion), order, .string(texts.randomElement(using: &random) ?? ""))
        case 4, 5: return .compares(.randomTag(using: &random), order, .random(using: &random))
        default: return isOneOf(using: &random)
        }
    }

    private static func isOneOf(using random: inout SeededGenerator) -> AudienceTerm {
        var field = AudienceField.random(using: &random)
        if field == .device(.lastSeen) { field = .device(.platform) }
        let values = (0..<Int.random(in: 1...3, using: &random)).map { _ -> TagValue in
            if case .device = field { .string(texts.randomElement(using: &random) ?? "") } else { .random(using: &random) }
        }
        return .isOneOf(field, values)
    }
}

extension AudienceField {
    static func random(using random: inout SeededGenerator) -> AudienceField {
        guard Bool.random(using: &random) else { return randomTag(using: &random) }
        return .device(DeviceField.allCases.randomElement(using: &random) ?? .id)
    }

    static func randomTag(using random: inout SeededGenerator) -> AudienceField {
        .tag(["plan", "age", "beta", "countries", "and", "odd name\n", "é"].randomElement(using: &random) ?? "")
    }
}

extension TagValue {
    static func random(using random: inout SeededGenerator) -> TagValue {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .string(AudienceTerm.texts.randomElement(using: &random) ?? "")
        case 1: .number([-1e300, -2.5, -1, -0.0, 0, 1e-9, 1, 18, 1e21].randomElement(using: &random) ?? 0)
        default: .boolean(Bool.random(using: &random))
        }
    }
}
