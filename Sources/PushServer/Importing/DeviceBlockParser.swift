import HTTPTypes
import PushProviders
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes devices of a block of lines.
struct DeviceBlockParser: Sendable {
    let app: AppID
    let endpointPolicy: EndpointPolicy
    /// Nil for NDJSON.
    var columns: CSVColumns?
    let now: @Sendable () -> Date

    func parse(_ block: FileBlock) throws -> ParsedBlock {
        var parsing = Parsing(parser: self, text: block.text)
        if let columns { parsing.readCSV(columns, firstLine: block.firstLine) } else { parsing.readNDJSON(firstLine: block.firstLine) }
        return ParsedBlock(
            batch: try DeviceBatch(parsing.entries, now: now()), lines: parsing.lines, refused: parsing.refused, endBytes: block.endBytes)
    }
}

/// What became of a block.
struct ParsedBlock: Sendable {
    /// Where a device of the batch stands in the file.
    struct Line: Sendable {
        let number: Int
        let text: ArraySlice<UInt8>
    }

    var batch: DeviceBatch
    /// One for each device of the batch.
    var lines: [Line]
    var refused: [RefusedLine]
    var endBytes: Int64

    mutating func append(_ other: ParsedBlock) {
        batch.append(other.batch)
        lines += other.lines
        refused += other.refused
        endBytes = other.endBytes
    }
}

private struct Parsing {
    let parser: DeviceBlockParser
    let text: [UInt8]
    var words = CheckedWords()
    var entries: [DeviceEntry] = []
    var lines: [ParsedBlock.Line] = []
    var refused: [RefusedLine] = []

    init(parser: DeviceBlockParser, text: [UInt8]) {
        self.parser = parser
        self.text = text
    }

    mutating func readNDJSON(firstLine: Int) {
        var number = firstLine, start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            let line = text[start..<end]
            if line.contains(where: { !$0.isSpace }) { take(number, line) { try Self.json(line) } }
            start = end + 1
            number += 1
        }
    }

    private static func json(_ line: ArraySlice<UInt8>) throws -> DeviceLine {
        if let plain = line.withUnsafeBufferPointer(PlainDeviceLine.read) { return plain }
        return try DeviceLine.read(Array(line))
    }

    mutating func readCSV(_ columns: CSVColumns, firstLine: Int) {
        var records = CSVRecords(text, firstLine: firstLine)
        while let record = records.next() {
            take(record.line, text[record.range].trimmingLineEnd) {
                guard let fields = record.fields else {
                    throw Problem(.badRequest, "malformed_csv", record.problem ?? "this is no CSV")
                }
                return try columns.line(fields)
            }
        }
    }

    private mutating func take(_ number: Int, _ line: ArraySlice<UInt8>, _ read: () throws -> DeviceLine) {
        do {
            guard line.count <= DeviceLine.limitBytes else {
                throw Problem(.contentTooLarge, "too_large", "the line has more than \(DeviceLine.limitBytes) bytes")
            }
            entries.append(try read().entry(app: parser.app, parser.endpointPolicy, &words))
            lines.append(ParsedBlock.Line(number: number, text: line))
        } catch {
            refused.append(RefusedLine(number, problem(error), line))
        }
    }

    private func problem(_ error: any Error) -> Problem {
        switch error {
        case let error as Problem: error
        case let error as PushProblem: Problem(error)
        default: Problem(.badRequest, "unreadable", "this can't be read: \(error)")
        }
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { [0x20, 0x09, 0x0D].contains(self) }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmingLineEnd: ArraySlice<UInt8> {
        self[startIndex..<(lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }.map { $0 + 1 } ?? startIndex)]
    }
}
