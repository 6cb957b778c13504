import HTTPTypes
public import Foundation
import PushSender
import PushStorage

extension DeviceFiles {
    /// How far an import has come.
    public struct ImportProgress: Sendable {
        /// Of the file.
        public internal(set) var readBytes: Int64 = 0
        /// Lines that hold something, but for a CSV file's header.
        public var lines: Int { new + updated + refused }
        public internal(set) var new = 0
        public internal(set) var updated = 0
        public internal(set) var refused = 0
    }

    /// Registers every device of a file. What has been reported as progress is on disk.
    /// - Parameters:
    ///   - refused: called for each line that wasn't taken.
    ///   - progress: called after each commit.
    /// - Throws: ``StorageError``, and ``DeviceFileError`` for a CSV file with the wrong columns.
    public func importDevices(
        from file: FileHandle, _ format: DeviceFileFormat, refused: @escaping (RefusedLine) throws -> Void = { _ in },
        progress: @escaping (ImportProgress) -> Void = { _ in }
    ) async throws -> ImportProgress {
        let reader = DeviceFileReader(file, format)
        var done = ImportProgress()
        guard let source = try await source(reader, format) else { return done }
        var parsed = try await source.next()
        while let current = parsed {
            // The next devices are read while these are written.
            async let following = source.next()
            for line in try await write(current, &done) { try refused(line) }
            progress(done)
            try Task.checkCancellation()
            parsed = try await following
        }
        return done
    }

    /// - Returns: nil for an empty file.
    private func source(_ reader: DeviceFileReader, _ format: DeviceFileFormat) async throws -> BatchSource? {
        // PostgreSQL has other writers, who wait for rows that a batch holds. SQLite writes each page that a batch touches once.
        let batchBytes = database.isShared ? 1 << 20 : 16 << 20
        var parser = DeviceBlockParser(app: app, endpointPolicy: endpointPolicy, columns: nil, now: database.now)
        guard format == .csv else { return BatchSource(reader: reader, parser: parser, batchBytes: batchBytes) }
        guard let first = try await reader.next() else { return nil }
        var records = CSVRecords(first.text, firstLine: first.firstLine)
        guard let header = records.next() else { return nil }
        do {
            guard let fields = header.fields else { throw Problem(.badRequest, "malformed_csv", header.problem ?? "") }
            parser.columns = try CSVColumns(header: fields)
        } catch let problem as Problem {
            throw DeviceFileError(description: "line \(header.line) of the file: \(problem.detail)")
        }
        await reader.giveBack(
            FileBlock(text: Array(first.text[header.range.upperBound...]), firstLine: header.line + 1, endBytes: first.endBytes))
        return BatchSource(reader: reader, parser: parser, batchBytes: batchBytes)
    }

    /// - Returns: the refused lines, in the order of the file.
    private func write(_ parsed: ParsedBlock, _ done: inout ImportProgress) async throws -> [RefusedLine] {
        let outcomes = try await devices.register(parsed.batch, app: app, now: database.now())
        var refused = parsed.refused
        for (line, outcome) in zip(parsed.lines, outcomes) {
            switch outcome {
            case .new: done.new += 1
            case .renewed: done.updated += 1
            case .refused(let problem): refused.append(RefusedLine(line.number, Problem(problem), line.text))
            }
        }
        done.refused += refused.count
        done.readBytes = parsed.endBytes
        return refused.sorted { $0.line < $1.line }
    }
}

/// Reads and parses what makes one transaction.
private struct BatchSource: Sendable {
    let reader: DeviceFileReader
    let parser: DeviceBlockParser
    let batchBytes: Int

    /// - Returns: nil at the end.
    func next() async throws -> ParsedBlock? {
        try await withThrowingTaskGroup(of: (Int, ParsedBlock).self) { group in
            var blocks = 0, bytes = 0
            while bytes < batchBytes, let block = try await reader.next() {
                bytes += block.text.count
                group.addTask { [blocks] in (blocks, try parser.parse(block)) }
                blocks += 1
            }
            let parsed = try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
            guard var all = parsed.first else { return nil }
            for other in parsed.dropFirst() { all.append(other) }
            return all
        }
    }
}
