import Testing

@testable import PushStorage

@Suite struct MovingTallyTests {
    private func tally(_ rows: [[SQLValue]]) -> Tally {
        var tally = Tally()
        for row in rows { tally.add(SQLRow(values: row)) }
        return tally
    }

    @Test func theOrderOfRowsMakesNoDifference() {
        let rows: [[SQLValue]] = [[1, "a"], [2, nil], [3, ""]]
        #expect(tally(rows) == tally(rows.reversed()))
        #expect(tally(rows).checksum == tally(rows.reversed()).checksum)
    }

    @Test(arguments: [
        ([["a", "b"]], [["ab", ""]]), ([["a"]], [["A"]]), ([[nil]], [[""]]), ([[.text("a")]], [[.blob([97])]]),
        ([[1]], [["1"]]), ([[0]], [[nil]]), ([[.blob([])]], [[.blob([0])]]), ([["é"]], [["e\u{301}"]]),
        ([["a"], ["a"]], [["a"]]), ([], [[nil]]), ([["a"], ["b"]], [["a"], ["a"]]),
        ([["a"], ["a"]], [["b"], ["b"]]), ([["a\u{2}", "b"]], [["a", "\u{2}b"]]),
    ] as [([[SQLValue]], [[SQLValue]])])
    func whatDiffersAnywhereDiffers(_ one: [[SQLValue]], _ other: [[SQLValue]]) {
        #expect(tally(one) != tally(other))
        #expect(tally(one).checksum != tally(other).checksum || one.count != other.count)
    }

    /// SHA-256 of the bytes 1, 0, 0, 0, 0, 0, 0, 0, 5.
    @Test func theChecksumOfOneRowIsItsDigest() {
        #expect(tally([[5]]).checksum == "463c874a601f0572578fc1a0a07af1726b0285eadceb0d283db38001c07733f3")
    }
}
