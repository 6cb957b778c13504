import ArgumentParser
import Configuration
import Foundation
import PushServer

/// What `herald import devices` and `herald export devices` are told.
struct DeviceFileOptions: ParsableArguments {
    @Option(help: "The App that the devices are of.")
    var app = "default"
    @Option(help: "The server's data folder. (default: HERALD_DATA, or ./data)")
    var data: String?
    @Option(help: "ndjson or csv. (default: by the file's suffix)")
    var format: String?

    func format(of file: String) throws -> DeviceFileFormat {
        try explained { try DeviceFileFormat(named: format, file: file) }
    }

    func withFiles<Value>(isWriting: Bool, _ work: (DeviceFiles) async throws -> Value) async throws -> Value {
        do {
            var settings = try await ServerSettings(
                ConfigReader(
                    provider: EnvironmentVariablesProvider(
                        environmentVariables: Serve.environment(ProcessInfo.processInfo.environment))))
            if let data { settings.dataFolder = data }
            let files = try await DeviceFiles(settings, app: app, isWriting: isWriting)
            defer { files.close() }
            return try await work(files)
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError(.refused, "\(error)", cause: error)
        }
    }

    private func explained<Value>(_ work: () throws -> Value) throws -> Value {
        do { return try work() } catch { throw ClientError(.badArguments, "\(error)", cause: error) }
    }
}
