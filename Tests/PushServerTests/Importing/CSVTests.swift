import Foundation
import PushSender
import Testing

@testable import PushServer

@Suite struct CSVTests {
    private func records(_ text: String) -> [[String]?] {
        var reader = CSVRecords(Array(text.utf8), firstLine: 1), found: [[String]?] = []
        while let record = reader.next() { found.append(record.fields) }
        return found
    }

    @Test func recordsAreReadAsTheRFCHasThem() {
        #expect(records("a,b,c\r\nd,,f\n") == [["a", "b", "c"], ["d", "", "f"]])
        #expect(records("\"a,\"\"b\"\"\nc\",d") == [["a,\"b\"\nc", "d"]])
        #expect(records("a,\"b\"\r\n\r\n\n\"c\",") == [["a", "b"], ["c", ""]])
        #expect(records("\"\"\n") == [[""]], "a quoted nothing is a field")
    }

    @Test(arguments: ["a\"b,c\n1,2\n", "\"a\"b\n1,2\n", "\"never ends\n1,2\n"])
    func aMalformedLineIsGivenUpAlone(_ text: String) { #expect(records(text) == [nil, ["1", "2"]]) }

    @Test func linesAreCountedThroughQuotedOnes() {
        var reader = CSVRecords(Array("a\n\"b\nb\"\n\nx\"\nc\n".utf8), firstLine: 7), lines: [Int] = []
        while let record = reader.next() { lines.append(record.line) }
        #expect(lines == [7, 8, 11, 12])
    }

    @Test func aBlockEndsWithAWholeRecord() {
        #expect(CSVRecords.end(of: Array("a\n\"b\nc".utf8)) == 2)
        #expect(CSVRecords.end(of: Array("\"a\n".utf8)) == nil)
    }

    @Test func cellsComeBackAsTheyWere() throws {
        let values: [TagValue] = [
            .string("pro"), .string("5"), .string("true"), .string("null"), .string("[x"), .string("\"q\""), .string("{"), .string(""),
            .string(" 5"), .number(5), .number(-1.5), .number(1e300), .boolean(true), .list([.string("a"), .number(1), .boolean(false)]),
            .list([]), .string("a,\"b\"\nc"),
        ]
        let columns = try CSVColumns(header: ["provider", "tags.a"])
        for value in values {
            #expect(try columns.line(["fcm", CSVColumns.cell(value)]).registration.profile.tags == ["a": value], "\(value)")
        }
    }

    @Test func topicsComeBackAsTheyWere() throws {
        let columns = try CSVColumns(header: ["provider", "topics"])
        for topics in [["a"], ["a", "b"], [], ["a|b"], ["[a"], ["a", "[b"]] {
            #expect(try columns.line(["fcm", CSVColumns.cell(topics: topics)]).registration.topics == topics)
        }
        #expect(try columns.line(["fcm", ""]).registration.topics == nil, "an empty cell says nothing")
    }

    @Test(arguments: [["provider", "colour"], ["provider", "tags."], ["provider", "user", "user"], ["token"], []])
    func aHeaderThatCannotBeMeantIsRefused(_ header: [String]) { #expect(throws: Problem.self) { try CSVColumns(header: header) } }

    @Test(arguments: [["fcm"], ["fcm", "x", "y"], ["", "x"], ["fcm", "[1"], ["fcm", "[[1]]"]])
    func aRecordThatCannotBeMeantIsRefused(_ fields: [String]) throws {
        let columns = try CSVColumns(header: ["provider", "tags.a"])
        #expect(throws: Problem.self) { try columns.line(fields) }
    }
}
