import ArgumentParser
import Foundation
import PushSimulators
import UnixSignals

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run local stand-ins for the providers: strict, and with faults on demand.",
        discussion: """
            herald simulate                        all of them
            herald simulate apns fcm               these two
            herald simulate --faults faults.json   and make things go wrong

            They listen on this machine alone, with TLS certificates of an authority that they make. Credentials for them are written \
            into the directory, ready for `herald providers set`. docs/simulators.md describes the faults and the control endpoint.
            """)

    @Argument(help: "apns, fcm, hms, wns, webpush; all when none is named.", transform: Self.provider)
    var providers: [SimulatedProvider] = []
    @Option(help: "The control endpoint's port; the providers' follow. 0 takes free ones.")
    var port = SimulatorSettings.usualPort
    @Option(help: "Where certificates and credentials are kept.")
    var directory = "./simulators"
    @Option(help: "A JSON file that says what goes wrong.")
    var faults: String?
    @Option(name: .customLong("bundle-id"), help: "An app that the simulated APNs account has; may be repeated.")
    var bundleIDs = [SimulatorSettings.usualBundleID]
    @Option(help: "How many requests the control endpoint can show.")
    var keep = 1000
    @Flag(help: "Print one line of JSON when ready.")
    var json = false
    @Flag(help: "No table and no counts.")
    var quiet = false

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let simulators = try await Simulators.start(try settings())
        if json { print(try SimulatorSummary(simulators, directory: directory).json) }
        if !json, !quiet { print(SimulatorSummary(simulators, directory: directory).text) }
        fflush(nil)
        await withTaskGroup { group in
            if !json, !quiet { group.addTask { await CountsLine(simulators: simulators).run() } }
            group.addTask { for await _ in signals { return } }
            // The counts never end by themselves.
            await group.next()
            group.cancelAll()
        }
        try await simulators.stop()
    }

    private static func provider(_ name: String) throws -> SimulatedProvider {
        guard let provider = SimulatedProvider(rawValue: name) else {
            let names = SimulatedProvider.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("There is no provider \(name); there are \(names).")
        }
        return provider
    }

    private func settings() throws -> SimulatorSettings {
        guard (0...65_000).contains(port) else { throw ValidationError("--port is 0, or at most 65000.") }
        var settings = SimulatorSettings(basePort: port, directory: directory, bundleIDs: bundleIDs, keptRequests: max(0, keep))
        if !providers.isEmpty { settings.providers = Set(providers) }
        if let faults { settings.script = try script(at: faults) }
        return settings
    }

    private func script(at path: String) throws -> FaultScript {
        guard let data = FileManager.default.contents(atPath: path) else { throw ValidationError("\(path) can't be read.") }
        do {
            return try FaultScript(json: Array(data))
        } catch {
            throw ValidationError("\(path): \(error)")
        }
    }
}
