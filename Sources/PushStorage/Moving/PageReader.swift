/// Walks a table in the order of its primary key, page by page.
struct PageReader {
    private let table: MovingTable
    private let connection: any SQLConnection
    /// Rows may be a hundred bytes or a megabyte: the next page has as many as fit, if they are like those before.
    private static let pageBytes = 1_000_000
    private static let mostRows = 500

    init(_ table: MovingTable, _ connection: any SQLConnection) {
        self.table = table
        self.connection = connection
    }

    /// - Parameter body: gets the rows of each page; no page is empty.
    func forEachPage(_ body: ([SQLRow]) throws -> Void) throws {
        var limit = 20
        var page = try connection.rows("\(start) \(end)", [.integer(limit)])
        while let last = page.last {
            try body(page)
            limit = Self.limit(after: page)
            page = try connection.rows(
                "\(start) WHERE (\(table.keyList)) > (\(questionMarks))\(end)", table.key.map { last.values[$0] } + [.integer(limit)])
        }
    }

    private var start: String { "SELECT \(table.columnList) FROM \(table.name)" }
    private var end: String { " ORDER BY \(table.keyList) LIMIT ?" }
    private var questionMarks: String { repeatElement("?", count: table.key.count).joined(separator: ", ") }

    private static func limit(after page: [SQLRow]) -> Int {
        let bytes = page.reduce(0) { sum, row in row.values.reduce(sum) { $0 + $1.bytes } }
        return min(mostRows, max(1, pageBytes * page.count / max(1, bytes)))
    }
}

extension SQLValue {
    fileprivate var bytes: Int {
        switch self {
        case .null, .integer: 8
        case .text(let value): value.utf8.count
        case .blob(let value): value.count
        }
    }
}
