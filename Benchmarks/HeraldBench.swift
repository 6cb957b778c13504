import Foundation

/// Rates, each beside the limit it is measured against, in one run: on a machine that is shared, ratios are what can be compared.
@main struct HeraldBench {
    static func main() async throws {
        // Some by name, or all.
        let names = CommandLine.arguments.dropFirst()
        func isWanted(_ name: String) -> Bool { names.isEmpty || names.contains(name) }
        if isWanted("broadcast") { try await BroadcastBenchmark().run(encryption: try encryption()) }
        if isWanted("accept") { try await AcceptBenchmark().run() }
        if isWanted("scale") { try await ScaleBenchmark().run() }
        if isWanted("audience") { try await AudienceBenchmark().run() }
        if isWanted("import") { try await ImportBenchmark().run() }
        if isWanted("loop") { try await LoopBenchmark().run() }
        if isWanted("push-service") { try await PushServiceBenchmark().run() }
        if isWanted("postgres") { try await PostgresBenchmark().run() }
        if isWanted("nodes") { try await NodesBenchmark().run() }
    }

    private static func encryption() throws -> Double {
        heading("Web Push encryption, one core, 200 bytes")
        let (limit, sealed) = try EncryptionBenchmark().run()
        row("limit: ECDH + ephemeral key + its public key", limit)
        row("MessageEncryption.seal", sealed, of: limit, bar: 0.8)
        return sealed
    }
}

func heading(_ text: String) { say("\n\(text)") }

/// Shown at once, also through a pipe.
private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// How many of something that is no rate.
func count(_ name: String, _ number: Double) {
    say("  " + name.padding(toLength: 52, withPad: " ", startingAt: 0) + number.formatted(.number.precision(.fractionLength(0))).leftPadded(10))
}

func row(_ name: String, _ perSecond: Double, of limit: Double? = nil, bar: Double? = nil) {
    let rate = perSecond.formatted(.number.precision(.fractionLength(0)))
    var line = "  " + name.padding(toLength: 52, withPad: " ", startingAt: 0) + rate.leftPadded(10) + "/s"
    if let limit {
        let ratio = perSecond / limit
        line += "   " + ratio.formatted(.number.precision(.fractionLength(2)))
        if let bar { line += ratio >= bar ? "  (bar \(bar): met)" : "  (bar \(bar): MISSED)" }
    }
    say(line)
}

/// A number that must not be more than its bar.
func bound(_ name: String, _ value: Double, atMost bar: Double) {
    line(name, value, bar, isMet: value <= bar, "at most")
}

/// A number that must not be less than its bar.
func atLeast(_ name: String, _ value: Double, _ bar: Double) {
    line(name, value, bar, isMet: value >= bar, "at least")
}

private func line(_ name: String, _ value: Double, _ bar: Double, isMet: Bool, _ sense: String) {
    let text = value.formatted(.number.precision(.fractionLength(value < 10 ? 2 : 0)))
    let limit = bar.formatted(.number.precision(.fractionLength(0...2)))
    say(
        "  " + name.padding(toLength: 60, withPad: " ", startingAt: 0) + text.leftPadded(10)
            + "   (bar: \(sense) \(limit), \(isMet ? "met" : "MISSED"))")
}

extension String {
    fileprivate func leftPadded(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}

/// A folder that is gone after the work.
func withTemporaryFolder<Value>(_ work: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "herald-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await work(folder)
}
