import PushSender
import Testing

@testable import PushStorage

@Suite struct TagKeyTests {
    @Test func keysStandInTheOrderOfValues() {
        let numbers: [Double] = [
            -.greatestFiniteMagnitude, -1e9, -2, -1.5, -1, -1e-300, 0, .leastNonzeroMagnitude, 1e-300, 0.1, 1, 2, 10, 1e300,
        ]
        let keys = numbers.compactMap { TagKey.of(.number($0)) }
        #expect(keys == keys.sorted() && Set(keys).count == numbers.count)
        #expect(TagKey.of(.number(-0.0)) == TagKey.of(.number(0)))
        #expect(TagKey.of(.boolean(false)) ?? "" < TagKey.of(.boolean(true)) ?? "")
    }

    @Test(arguments: [
        TagValue.string(""), .string("1"), .string("\u{10FFFF}"), .number(-.greatestFiniteMagnitude), .number(.greatestFiniteMagnitude),
        .boolean(true), .boolean(false),
    ]) func typesAreKeptApart(_ value: TagValue) throws {
        let key = try #require(TagKey.of(value))
        let type = TagKey.type(of: value)
        #expect(type.first <= key && key < type.end)
        for other in [TagValue.string("x"), .number(1), .boolean(true)] where TagKey.type(of: other) != type {
            let range = TagKey.type(of: other)
            #expect(key < range.first || key >= range.end)
        }
    }

    @Test func aListHasARowForEachMemberOnce() {
        let rows = TagKey.rows(of: ["b": .list([.string("x"), .boolean(true), .string("x")]), "a": .string("y"), "none": .list([])])
        #expect(rows.map(\.name) == ["a", "b", "b"])
        #expect(rows.map(\.value) == ["sy", "b1", "sx"])
    }
}
