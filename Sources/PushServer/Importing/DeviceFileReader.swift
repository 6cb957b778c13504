import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#endif
import Foundation

/// A piece of a file that begins and ends with whole lines.
struct FileBlock: Sendable {
    let text: [UInt8]
    /// The number of its first line.
    let firstLine: Int
    /// How far into the file it reaches.
    let endBytes: Int64
}

/// Reads a file, however large, in blocks.
actor DeviceFileReader {
    static let blockBytes = 1 << 20
    /// Spreadsheets begin with it.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let file: FileHandle
    private let format: DeviceFileFormat
    private var rest: [UInt8] = []
    private var line = 1
    private var readBytes: Int64 = 0
    private var isAtEnd = false
    private var returned: FileBlock?

    init(_ file: FileHandle, _ format: DeviceFileFormat) {
        self.file = file
        self.format = format
    }

    /// What is to come next once more.
    func giveBack(_ block: FileBlock) { returned = block }

    /// - Returns: nil at the end.
    func next() throws -> FileBlock? {
        defer { returned = nil }
        if let returned { return returned }
        while !isAtEnd, rest.count < Self.blockBytes {
            let more = try read()
            rest += more
            isAtEnd = more.isEmpty
        }
        if line == 1, rest.starts(with: Self.byteOrderMark) { rest.removeFirst(Self.byteOrderMark.count) }
        guard !rest.isEmpty else { return nil }
        let end = try isAtEnd ? rest.count : wholeLines()
        defer { rest.removeFirst(end) }
        let text = Array(rest[..<end])
        defer { line += text.count { $0 == UInt8(ascii: "\n") } }
        return FileBlock(text: text, firstLine: line, endBytes: readBytes - Int64(rest.count - end))
    }

    private func read() throws -> [UInt8] {
        do {
            let data = try file.read(upToCount: Self.blockBytes) ?? Data()
            readBytes += Int64(data.count)
            return Array(data)
        } catch {
            throw StorageError(.cannotOpen, "the file can't be read any further", cause: error)
        }
    }

    /// Where the last record ends. A line that is longer than a block is taken in pieces: each is refused.
    private func wholeLines() throws -> Int {
        let newline = UInt8(ascii: "\n")
        if format == .csv, let end = CSVRecords.end(of: rest) { return end }
        return rest.lastIndex(of: newline).map { $0 + 1 } ?? rest.count
    }
}
