import Foundation

/// Rates, each beside the limit it is measured against, in one run: on a machine that is shared, ratios are what can be compared.
@main struct HeraldBench {
    static func main() async throws {
        try encryption()
        try await SenderBenchmark().run()
        try await LoopBenchmark().run()
    }

    private static func encryption() throws {
        heading("Web Push encryption, one core, 200 bytes")
        let (limit, sealed) = try EncryptionBenchmark().run()
        row("limit: ECDH + ephemeral key + its public key", limit)
        row("MessageEncryption.seal", sealed, of: limit, bar: 0.8)
    }
}

func heading(_ text: String) { say("\n\(text)") }

/// Shown at once, also through a pipe.
private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

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
