import FCM
import Foundation
import Testing

@Suite struct FCMDurationTests {
    @Test(arguments: [
        (0.0, "0s"), (3.5, "3.5s"), (2_419_200, "2419200s"), (0.1 + 0.2, "0.3s"), (0.00001, "0.00001s"), (1e-12, "0s"),
        (0.9999999999, "1s"), (12.000000001, "12.000000001s"), (-1.5, "-1.5s"), (-0.9999999999, "-1s"),
    ])
    func durationsAreWrittenAsProtobufDoes(_ seconds: Double, _ text: String) throws {
        #expect(String(decoding: try JSONEncoder().encode([FCMDuration(seconds: seconds)]), as: UTF8.self) == "[\"\(text)\"]")
    }

    @Test(arguments: [("0s", 0.0), ("3.5s", 3.5), ("-1s", -1)])
    func durationsAreRead(_ text: String, _ seconds: Double) throws {
        #expect(try JSONDecoder().decode([FCMDuration].self, from: Data("[\"\(text)\"]".utf8)) == [FCMDuration(seconds: seconds)])
    }

    @Test(arguments: ["3.5", "", "s", "1m", "nans", "infs", "1e300s"])
    func whatIsNoDurationIsRefused(_ text: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode([FCMDuration].self, from: Data("[\"\(text)\"]".utf8)) }
    }

    @Test(arguments: [Double.nan, .infinity, 1e15])
    func whatIsNoDurationIsNotWritten(_ seconds: Double) {
        #expect(throws: EncodingError.self) { try JSONEncoder().encode([FCMDuration(seconds: seconds)]) }
    }
}
