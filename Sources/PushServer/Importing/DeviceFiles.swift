import Foundation
import PushProviders
import PushSender
import PushStorage

/// The devices of a server's database, for the command line on its own machine: from files and into files.
public struct DeviceFiles: Sendable {
    let database: OpenDatabase
    let devices: SQLDeviceStore
    let endpointPolicy: EndpointPolicy
    let app: AppID
    private let lock: FolderLock?

    /// - Parameters:
    ///   - settings: where the database is, and which endpoints a subscription may have.
    ///   - app: the App's name.
    ///   - isWriting: keeps every server out of the data folder. Nodes on a PostgreSQL go on.
    /// - Throws: ``StorageError``, ``SettingsError``.
    public init(_ settings: ServerSettings, app name: String, isWriting: Bool) async throws {
        if let postgres = settings.database {
            lock = nil
            database = try OpenDatabase(postgres: postgres)
        } else {
            let folder = try Self.folder(settings.dataFolder)
            lock = isWriting ? try Self.keepServersOut(of: folder) : nil
            database = try OpenDatabase(existingSQLite: folder.database, forBulk: isWriting)
        }
        guard let app = try await SQLAppStore(database).app(named: name) else {
            database.close()
            throw SettingsError(key: "--app", message: "there is no App \(name); make it with PUT /v1/apps/\(name)")
        }
        self.app = app.id
        devices = SQLDeviceStore(database)
        endpointPolicy = EndpointPolicy(
            allowsPrivate: settings.allowsPrivateEndpoints, ownOrigin: settings.publicURL ?? "http://localhost:\(settings.port)")
    }

    /// At the end.
    public func close() {
        database.close()
        withExtendedLifetime(lock) {}
    }

    /// A wrong path must not become an empty database.
    private static func folder(_ path: String) throws -> DataFolder {
        guard FileManager.default.fileExists(atPath: URL(filePath: path).appending(path: "herald.sqlite").path) else {
            throw StorageError(
                .cannotOpen,
                "there is no herald.sqlite in \(path); name the server's data folder with --data, or start the server there once")
        }
        return try DataFolder(path: path)
    }

    private static func keepServersOut(of folder: DataFolder) throws -> FolderLock {
        do {
            return try folder.lock()
        } catch let error as StorageError where error.code == .inUse {
            throw StorageError(
                .inUse,
                "a server works with \(folder.url.path): stop it first, or register the devices with POST /v1/devices while it runs")
        }
    }
}
