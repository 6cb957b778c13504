import PushSender
import Testing

@Suite struct TagLimitsTests {
    @Test func whatIsWithinTheLimitsPasses() throws {
        var tags: [String: TagValue] = [
            String(repeating: "n", count: TagLimits.nameBytes): .string(String(repeating: "é", count: TagLimits.stringBytes / 2)),
            "list": .list((1...TagLimits.members).map { .number(Double($0)) }),
        ]
        for index in 2..<TagLimits.tags { tags["t\(index)"] = .boolean(true) }
        try TagLimits.check(tags)
    }

    @Test(arguments: [
        ("tags", Dictionary(uniqueKeysWithValues: (0...TagLimits.tags).map { ("t\($0)", TagValue.boolean(true)) })),
        ("tags.", ["": .boolean(true)]), ("tags.a\0", ["a\0": .boolean(true)]),
        ("tags.plan", ["plan": .string(String(repeating: "x", count: TagLimits.stringBytes + 1))]), ("tags.plan", ["plan": .string("\0")]),
        ("tags.plan", ["plan": .number(.nan)]), ("tags.plan", ["plan": .number(.infinity)]),
        ("tags.plan", ["plan": .list((0...TagLimits.members).map { .number(Double($0)) })]),
        ("tags.plan[1]", ["plan": .list([.string(""), .list([])])]), ("tags.plan[0]", ["plan": .list([.string("\0")])]),
    ]) func theFieldAtFaultIsNamed(_ field: String, _ tags: [String: TagValue]) {
        let problem = #expect(throws: PushProblem.self) { try TagLimits.check(tags) }
        #expect(problem?.field == field)
    }

    @Test func theLongestNameIsNamed() {
        let name = String(repeating: "n", count: TagLimits.nameBytes + 1)
        #expect(throws: PushProblem.self) { try TagLimits.check([name: .boolean(true)]) }
    }
}
