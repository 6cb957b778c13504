#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The identity as one JSON file, readable by its owner alone, since it holds the private key.
///
/// While it lives, no other process can have the same file: two connections with one identity would take turns in throwing each
/// other out.
public final class IdentityFile: Sendable {
    public let path: String
    private let lockDescriptor: Int32

    /// Makes the folder when there is none, and locks the file.
    ///
    /// - Throws: `identityInUse` when another process has it; `identityFile` when the folder cannot be written.
    public init(path: String) throws(UserAgentError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: Self.folder(of: path), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw UserAgentError(.identityFile, "Cannot make the folder of the identity file \(path): \(error)", cause: error)
        }
        lockDescriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lockDescriptor >= 0 else { throw Self.failure("lock", path) }
        guard flock(lockDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(lockDescriptor)
            throw UserAgentError(
                .identityInUse, "Another process listens with the identity file \(path). Give each listener a file of its own.")
        }
    }

    deinit { close(lockDescriptor) }

    /// - Returns: nil when there is no file yet.
    public func load() throws(UserAgentError) -> UserAgentIdentity? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(UserAgentIdentity.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw UserAgentError(
                .identityFile,
                "The identity file \(path) cannot be read. Move it away to start as a new device; its old messages are lost then.",
                cause: error)
        }
    }

    /// Replaces the file as a whole: after a crash there is the old one or the new one, on the disk.
    public func save(_ identity: UserAgentIdentity) throws(UserAgentError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try encoder.encode(identity))
        } catch {
            throw UserAgentError(.identityFile, "The identity cannot be written as JSON: \(error)", cause: error)
        }
        let draft = path + ".new"
        try fill(draft, with: bytes)
        guard rename(draft, path) == 0 else { throw Self.failure("replace", path) }
    }

    private func fill(_ draft: String, with bytes: [UInt8]) throws(UserAgentError) {
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("write", draft) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.failure("write", draft) }
            rest.removeFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw Self.failure("write", draft) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func failure(_ verb: String, _ path: String) -> UserAgentError {
        UserAgentError(.identityFile, "Cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
