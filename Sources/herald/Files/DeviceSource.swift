import Foundation

/// The file that devices come from, or standard input.
struct DeviceSource {
    let handle: FileHandle
    /// Nil where nobody knows how long it is.
    let bytes: Int64?

    init(_ path: String) throws(ClientError) {
        if path == "-" {
            handle = .standardInput
            bytes = nil
            return
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            throw ClientError(.badArguments, isFolder.boolValue ? "\(path) is a folder; name a file" : "there is no file \(path)")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ClientError(.badArguments, "\(path) can't be read: \(String(cString: strerror(errno)))")
        }
        self.handle = handle
        bytes = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.int64Value
    }
}
