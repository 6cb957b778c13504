import Testing

@testable import herald

struct ProgressBarTests {
    private let counts = [(name: "accepted", count: 500), (name: "failed", count: 2)]

    @Test func itShowsBarPercentageAndCounts() {
        #expect(
            ProgressBar().render(fraction: 0.5, counts: counts, width: 80)
                == "[####################....................]  50%  500 accepted  2 failed        ")
    }

    @Test(arguments: [0, 1, 5, 18, 19, 30, 37, 47, 80, 500])
    func itNeverFillsTheLastColumn(width: Int) {
        let line = ProgressBar().render(fraction: 1, counts: counts, width: width)
        #expect(line.count == max(0, width - 1))
    }

    @Test func aNarrowTerminalLosesTheLastCountsFirst() {
        #expect(ProgressBar().render(fraction: 0.5, counts: counts, width: 33) == "[#####......]  50%  500 accepted")
        #expect(ProgressBar().render(fraction: 0.5, counts: counts, width: 20) == "[######......]  50%")
        #expect(ProgressBar().render(fraction: 0.5, counts: counts, width: 10) == " 50%     ")
    }

    @Test(arguments: [(-1.0, "   0%"), (.nan, "   0%"), (0.999, "  99%"), (1.0, " 100%"), (7.0, " 100%")])
    func onlyWhatIsDoneIsAHundredPercent(fraction: Double, percentage: String) {
        let line = ProgressBar().render(fraction: fraction, counts: [], width: 18)
        #expect(line.hasSuffix(percentage))
        #expect(line.contains("[##########]") == (percentage == " 100%"))
    }
}
