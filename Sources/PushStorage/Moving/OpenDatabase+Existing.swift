public import Foundation
import GRDB

extension OpenDatabase {
    /// Opens an SQLite file that is Herald's already, and brings its schema up to date. Neither makes a file nor changes somebody else's.
    /// - Throws: ``StorageError``.
    public init(existingSQLite file: URL, forBulk: Bool = false) throws {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw StorageError(.cannotOpen, "there is no database \(file.path)")
        }
        guard try Self.isHeralds(file) else { throw StorageError(.cannotOpen, "\(file.path) is no database of Herald's") }
        try self.init(sqlite: file, forBulk: forBulk)
    }

    private static func isHeralds(_ file: URL) throws -> Bool {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            return try DatabaseQueue(path: file.path, configuration: configuration).read { try $0.tableExists("schema_version") }
        } catch let error as DatabaseError {
            throw StorageError(.cannotOpen, "cannot read the database \(file.path)", cause: error)
        }
    }
}
