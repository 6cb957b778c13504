import Foundation

/// The file that devices go into, or standard output. A file is there when it is whole, and only its owner may read it.
struct DeviceTarget {
    let handle: FileHandle
    private let path: String
    private var temporary: String { path + ".new" }

    init(_ path: String) throws(ClientError) {
        self.path = path
        if path == "-" {
            handle = .standardOutput
            return
        }
        let descriptor = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.cannotWrite(path) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func finish() throws {
        guard path != "-" else { return }
        try handle.synchronize()
        try handle.close()
        guard rename(temporary, path) == 0 else { throw Self.cannotWrite(path) }
    }

    /// What isn't whole goes.
    func forget() {
        if path != "-" { unlink(temporary) }
    }

    private static func cannotWrite(_ path: String) -> ClientError {
        ClientError(.output, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
