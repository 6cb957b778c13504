import Foundation
import PushStorage
import WebPush

/// The folder that holds everything a server must not forget: database, keys. One server at a time works with it.
struct DataFolder: Sendable {
    let url: URL

    /// Makes the folder when there is none; only its owner may look into it.
    init(path: String) throws {
        url = URL(filePath: path, directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError(
                .cannotOpen, "cannot make the data folder \(url.path); choose another with --data, or make it writable",
                cause: error)
        }
    }

    var database: URL { url.appending(path: "herald.sqlite") }
    var adminKey: URL { url.appending(path: "admin.key") }
    var vapid: URL { url.appending(path: "vapid.json") }
    var masterKeys: URL { url.appending(path: "master.keys") }
    var endpointKeys: URL { url.appending(path: "endpoint.keys") }

    /// Keeps every other server out of this folder until the returned lock, or the process, ends.
    /// - Throws: ``StorageError`` with code `inUse`.
    func lock() throws -> FolderLock { try FolderLock(url.appending(path: "herald.lock")) }

    /// What a file holds, or nil when there is none.
    func read(_ file: URL) throws -> Data? {
        FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file) : nil
    }

    /// Writes a secret for its owner alone, whole or not at all, and not before it is on disk.
    func writeSecret(_ data: Data, to file: URL) throws {
        let temporary = file.appendingPathExtension("new")
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw cannotWrite(file) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.synchronize()
        try handle.close()
        guard rename(temporary.path, file.path) == 0 else { throw cannotWrite(file) }
    }

    private func cannotWrite(_ file: URL) -> StorageError {
        StorageError(.cannotOpen, "cannot write \(file.path): \(String(cString: strerror(errno)))")
    }
}

/// An advisory lock on a file; the kernel drops it with the process, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32

    init(_ file: URL) throws {
        descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            if descriptor >= 0 { close(descriptor) }
            throw StorageError(
                .inUse, "another Herald works with \(file.deletingLastPathComponent().path); stop it, or choose another folder with --data")
        }
    }

    deinit { close(descriptor) }
}
