#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import NIOCore
import NIOPosix
import NIOSSL

/// Running stand-ins for the providers, on loopback.
///
/// ```swift
/// let simulators = try await Simulators.start(SimulatorSettings(providers: [.apns], basePort: 0, directory: folder))
/// defer { try await simulators.stop() }
/// ```
public final class Simulators: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let channels: [any Channel]
    private let record: SimulatorRecord
    /// Where each of them listens, like `https://localhost:8451`.
    public let origins: [SimulatedPort: String]
    /// The control endpoint's, like `http://127.0.0.1:8450`.
    public let controlOrigin: String
    /// What was written for clients, by name: `ca`, `apns`, `fcm`, …
    public let files: SimulatorFiles

    private init(
        group: MultiThreadedEventLoopGroup, channels: [any Channel], record: SimulatorRecord, origins: [SimulatedPort: String],
        controlOrigin: String, files: SimulatorFiles
    ) {
        self.group = group
        self.channels = channels
        self.record = record
        self.origins = origins
        self.controlOrigin = controlOrigin
        self.files = files
    }

    /// Makes certificates and credentials where there are none yet, and listens.
    /// - Throws: ``SimulatorsError``.
    public static func start(_ settings: SimulatorSettings) async throws -> Simulators {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.threads)
        do {
            return try await start(settings, on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Ends all connections and stops listening.
    public func stop() async throws {
        for channel in channels { try? await channel.close().get() }
        try await group.shutdownGracefully()
    }

    public var counts: [SimulatedPort: RequestCounts] { record.counts }
    public var faults: FaultScript { record.script }
    /// Takes effect with the next request.
    public func setFaults(_ script: FaultScript) { record.setScript(script) }

    private static func start(_ settings: SimulatorSettings, on group: MultiThreadedEventLoopGroup) async throws -> Simulators {
        let (folder, accounts) = try secrets(in: settings.directory)
        let record = SimulatorRecord(script: settings.script, capacity: settings.keptRequests)
        let identity = try ServerIdentity(accounts, now: Date())
        var channels: [any Channel] = []
        var origins: [SimulatedPort: String] = [:]
        for port in SimulatedPort.allCases where settings.providers.contains(port.provider) {
            // The port is known before the rules, as some have to know their own address.
            let rules = SimulatedRules(accounts: accounts, bundleIDs: settings.bundleIDs)
            let desk = RequestDesk(port: port, firstStreamLimit: rules.firstStreamLimit(port), record: record)
            let listener = SimulatorListener(desk: desk, tls: try identity.context(port), speaksHTTP1: port.provider != .apns)
            let channel = try await listening(on: settings.port(port), for: port.rawValue) { try await listener.bind(port: $0, on: group) }
            let origin = "https://localhost:\(channel.localAddress?.port ?? 0)"
            desk.open(with: rules.make(port, origin: origin))
            channels.append(channel)
            origins[port] = origin
        }
        let endpoint = ControlEndpoint(record: record)
        let control = try await listening(on: settings.basePort, for: "the control endpoint") {
            try await endpoint.bind(port: $0, on: group)
        }
        let files = try SimulatorFiles(folder: folder, accounts: accounts, origins: origins, bundleID: settings.bundleIDs.first ?? "")
        return Simulators(
            group: group, channels: channels + [control], record: record, origins: origins,
            controlOrigin: "http://127.0.0.1:\(control.localAddress?.port ?? 0)", files: files)
    }

    private static func secrets(in directory: String) throws -> (SimulatorFolder, SimulatedAccounts) {
        do {
            let folder = try SimulatorFolder(path: directory)
            return (folder, try SimulatedAccounts(in: folder, now: Date()))
        } catch {
            throw SimulatorsError(
                .directory,
                "\(directory) can't be used: \(error). Name another with --directory, or remove it to have everything made anew",
                cause: error)
        }
    }

    private static func listening(on port: Int, for name: String, _ bind: (Int) async throws -> any Channel) async throws -> any Channel {
        do {
            return try await bind(port)
        } catch {
            throw SimulatorsError(.port, "The port \(port) for \(name) can't be opened: \(error). Choose others with --port", cause: error)
        }
    }
}
