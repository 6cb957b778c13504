/// The records of a CSV text (RFC 4180), one after the other. Both CRLF and LF end a record; lines without anything are left out.
struct CSVRecords {
    /// A record, or what is wrong with it.
    struct Record {
        let line: Int
        /// Where it stands in the text.
        let range: Range<Int>
        let fields: [String]?
        let problem: String?
    }

    private let text: [UInt8]
    private var position = 0
    private var line: Int

    private static let quote = UInt8(ascii: "\""), comma = UInt8(ascii: ","), newline = UInt8(ascii: "\n"),
        carriageReturn = UInt8(ascii: "\r")

    init(_ text: [UInt8], firstLine: Int) {
        self.text = text
        line = firstLine
    }

    /// Where the last whole record of a text ends, nil when none does.
    static func end(of text: [UInt8]) -> Int? {
        var isQuoted = false, end: Int?
        for (index, byte) in text.enumerated() {
            if byte == quote { isQuoted.toggle() } else if byte == newline, !isQuoted { end = index + 1 }
        }
        return end
    }

    /// - Returns: nil at the end.
    mutating func next() -> Record? {
        while position < text.count {
            let start = position, first = line
            do throws(Malformed) {
                let fields = try record()
                if fields == [""], contents(start..<position).allSatisfy({ [Self.newline, Self.carriageReturn].contains($0) }) { continue }
                return Record(line: first, range: start..<position, fields: fields, problem: nil)
            } catch {
                // A quote too many may seem to swallow whatever follows: only this line is given up.
                position = text[start...].firstIndex(of: Self.newline).map { $0 + 1 } ?? text.count
                line = first + 1
                return Record(line: first, range: start..<position, fields: nil, problem: error.reason)
            }
        }
        return nil
    }

    private struct Malformed: Error { let reason: String }

    private func contents(_ range: Range<Int>) -> ArraySlice<UInt8> { text[range] }

    private mutating func record() throws(Malformed) -> [String] {
        var fields: [String] = []
        while true {
            fields.append(try field())
            guard position < text.count else { return fields }
            let byte = text[position]
            position += 1
            if byte == Self.comma { continue }
            line += 1
            return fields
        }
    }

    /// Leaves the position at the comma or the LF behind the field.
    private mutating func field() throws(Malformed) -> String {
        position < text.count && text[position] == Self.quote ? try quoted() : try plain()
    }

    private mutating func plain() throws(Malformed) -> String {
        let start = position
        while position < text.count, text[position] != Self.comma, text[position] != Self.newline {
            guard text[position] != Self.quote else {
                throw Malformed(reason: "a quote stands inside a field: put the whole field in quotes and write the quote twice")
            }
            position += 1
        }
        var end = position
        if end > start, text[end - 1] == Self.carriageReturn, position == text.count || text[position] == Self.newline { end -= 1 }
        return try string(text[start..<end])
    }

    private mutating func quoted() throws(Malformed) -> String {
        var bytes: [UInt8] = []
        position += 1
        while true {
            guard position < text.count, bytes.count <= DeviceLine.limitBytes else {
                throw Malformed(reason: "a quoted field doesn't end: close its quotes, and write quotes inside it twice")
            }
            let byte = text[position]
            position += 1
            if byte != Self.quote {
                if byte == Self.newline { line += 1 }
                bytes.append(byte)
            } else if position < text.count, text[position] == Self.quote {
                bytes.append(byte)
                position += 1
            } else {
                break
            }
        }
        if position + 1 < text.count, text[position] == Self.carriageReturn, text[position + 1] == Self.newline { position += 1 }
        if position + 1 == text.count, text[position] == Self.carriageReturn { position += 1 }
        guard position == text.count || text[position] == Self.comma || text[position] == Self.newline else {
            throw Malformed(reason: "something stands behind the quotes of a field: put all of it into them")
        }
        return try string(bytes[...])
    }

    private func string(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed(reason: "this is not UTF-8") }
        return text
    }
}
