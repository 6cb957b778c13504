import Testing

@testable import PushServer

@Suite struct ProcessFiguresTests {
    @Test func whatLinuxWritesIsRead() {
        let figures = ProcessFigures(status: "Name:\therald\nVmSize:\t  2048 kB\nVmRSS:\t 1024 kB\nThreads:\t7\n")
        #expect((figures.virtualBytes, figures.residentBytes, figures.threads) == (2_097_152, 1_048_576, 7))
    }

    @Test func nothingIsNothing() { #expect(ProcessFigures(status: "").threads == 0) }
}
