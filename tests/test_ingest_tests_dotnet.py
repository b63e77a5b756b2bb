"""NUnit, xUnit.net, MSTest, TestNG and Jenkins: XML that is not JUnit's."""

import pytest
from reporting import report

NUNIT3 = """<test-run testcasecount="3" total="3" failed="1" start-time="2026-03-04 05:00:00Z">
<test-suite type="Assembly" name="App.Tests.dll"><test-suite type="TestFixture" classname="App.SumTests">
<test-case name="Adds" fullname="App.SumTests.Adds" classname="App.SumTests" result="Failed" label="Error"
 start-time="2026-03-04 05:00:01Z" end-time="2026-03-04 05:00:03Z" duration="2.0">
<failure><message><![CDATA[Expected 4]]></message><stack-trace>at App.SumTests.Adds() in C:\\app\\SumTests.cs:line 12</stack-trace></failure></test-case>
<test-case name="Later" fullname="App.SumTests.Later" result="Inconclusive"/><test-case name="Fine" fullname="App.SumTests.Fine" result="Passed"/>
</test-suite></test-suite></test-run>"""

NUNIT2 = """<test-results name="App.Tests.dll" total="2" date="2026-03-04" time="05:00:00"><test-suite name="App"><results>
<test-case name="App.SumTests.Adds(1,2)" executed="True" success="False" time="0,5"><failure><message>Expected 4</message>
<stack-trace>at App.SumTests.Adds() in /app/SumTests.cs:line 12</stack-trace></failure></test-case>
<test-case name="App.SumTests.Later" executed="False"><reason><message>not now</message></reason></test-case></results></test-suite></test-results>"""

XUNIT = """<assemblies><assembly name="C:\\x\\App.Tests.dll" run-date="2026-03-04" run-time="05:00:00" time="4" total="3">
<collection><test name="App.SumTests.Adds(x: 1)" type="App.SumTests" method="Adds" time="1" result="Pass"/>
<test name="App.SumTests.Adds(x: 2)" type="App.SumTests" method="Adds" time="1" result="Fail"><failure exception-type="Xunit.Sdk.EqualException">
<message>Expected 4</message><stack-trace>at App.SumTests.Adds() in /app/SumTests.cs:line 12</stack-trace></failure></test>
<test name="App.SumTests.Later" type="App.SumTests" method="Later" result="Skip"><reason>not now</reason></test></collection></assembly></assemblies>"""

TRX = """<TestRun name="run" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Times start="2026-03-04T05:00:00Z"/><Results>
<UnitTestResult testId="1" testName="App.SumTests.Adds" outcome="Failed" duration="00:00:02.5" startTime="2026-03-04T05:00:01Z" endTime="2026-03-04T05:00:04Z">
<Output><StdOut>hello</StdOut><ErrorInfo><Message>Expected 4</Message><StackTrace>at App.SumTests.Adds() in /app/SumTests.cs:line 12</StackTrace></ErrorInfo></Output></UnitTestResult>
<UnitTestResult testId="2" testName="Later" outcome="NotExecuted"/></Results>
<TestDefinitions><UnitTest id="1"><TestMethod className="App.SumTests, App" name="Adds"/></UnitTest><UnitTest id="2"><TestMethod className="App.SumTests"/></UnitTest></TestDefinitions>
<ResultSummary><Counters total="2" failed="1"/><RunInfos><RunInfo outcome="Error"><Text>Test host process crashed</Text></RunInfo></RunInfos></ResultSummary></TestRun>"""

TESTNG = """<testng-results><suite name="S"><test name="T"><class name="app.SumTests">
<test-method status="FAIL" name="Adds" duration-ms="1500" started-at="2026-03-04T05:00:00Z"><exception class="java.lang.AssertionError">
<message>Expected 4</message><full-stacktrace>java.lang.AssertionError: Expected 4</full-stacktrace></exception></test-method>
<test-method status="PASS" name="setUp" is-config="true"/><test-method status="SKIP" name="Later"/></class></test></suite></testng-results>"""

JENKINS = """<result><suites><suite><name>S</name><cases><case><duration>0.5</duration><className>app.SumTests</className><testName>Adds</testName>
<skipped>false</skipped><errorDetails>Expected 4</errorDetails><errorStackTrace>Expected 4\n at x</errorStackTrace></case>
<case><className>app.SumTests</className><testName>Later</testName><skipped>true</skipped></case></cases></suite></suites></result>"""

REPORTS = [
    ("NUnit 3", NUNIT3, (3, 1, 0, 1), "Adds", 2.0),
    ("NUnit 2", NUNIT2, (2, 1, 0, 1), "Adds(1,2)", 0.5),
    ("xUnit.net", XUNIT, (2, 1, 0, 1), "Adds", 1.0),
    ("TRX", TRX, (3, 1, 1, 1), "Adds", 2.5),
    ("TestNG", TESTNG, (2, 1, 0, 1), "Adds", 1.5),
    ("Jenkins", JENKINS, (2, 1, 0, 1), "Adds", 0.5),
]


@pytest.mark.parametrize(("sentence", "text", "counts", "name", "duration"), REPORTS, ids=[row[0] for row in REPORTS])
def test_a_dialect_gives_its_counts_and_the_failure_with_class_message_and_place(
    sentence: str, text: str, counts: tuple[int, int, int, int], name: str, duration: float
) -> None:
    read = report(text)
    case = read.case(name)
    assert (read.kind, read.counts) == ("junit", counts), sentence
    assert (case.classname.lower(), case.message, case.duration_s) == ("app.sumtests", "Expected 4", duration)
    if "SumTests.cs" in text:
        assert (str(case.file).endswith("SumTests.cs"), case.line) == (True, 12)


def test_times_of_the_report_are_taken_and_others_inferred() -> None:
    assert report(NUNIT3).case("Adds").timed == "reported"
    assert report(XUNIT).case("Later").timed == "inferred"
    assert not report(NUNIT2).run.zone_known


def test_rows_of_a_theory_are_one_test_whose_worst_row_counts_and_all_are_remembered() -> None:
    read = report(XUNIT)
    assert [attempt.outcome for attempt in read.case("Adds").attempts] == ["passed", "failed"]
    assert (read.source.read, read.source.kept, read.source.duplicates) == (3, 2, 1)


def test_a_crash_of_the_test_host_is_an_error_of_its_own() -> None:
    assert report(TRX).case("(run)").message == "Test host process crashed"


def test_a_damaged_dialect_keeps_the_complete_cases() -> None:
    read = report(NUNIT3[: NUNIT3.index('name="Fine"')])
    assert (len(read.run.cases), read.source.complete) == (2, False)
