import pathlib
import sys
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import tidy

CONFIG = tomllib.loads((ROOT / "tools/tidy.toml").read_text())

# For each rule: lines that break it, lines that do not.
CASES = {
    "real-time": (
        ["auto t = std::chrono::steady_clock::now();", "time(nullptr);", "std::this_thread::sleep_for(1s);", "clock_gettime(CLOCK_MONOTONIC, &t);"],
        ["auto t = clock.now();", "request.time(3);", "using TimePoint = std::chrono::steady_clock::time_point;", "read_time(&x);", "co_await sleep_for(scope, 1s);"],
    ),
    "randomness": (
        ["int r = rand();", "std::mt19937_64 engine;", "std::random_device seed;"],
        ["random.next();", "operand(3);", "Random random;"],
    ),
    "raw-thread": (
        ["std::thread t(run);", "std::jthread t(run);", "t.detach();", "auto f = std::async(run);"],
        ["std::this_thread::yield();", "auto n = std::thread::hardware_concurrency();", "std::thread::id id;"],
    ),
    "std-regex": (["#include <regex>", "std::regex r;"], ["// std::regex is banned", "my_regex r;"]),
    "throw": (["throw Error();"], ["// never throw", 'fail("throw");', "thrower();"]),
    "catch": (["} catch (const std::exception& e) {"], ["catch_up(x);", "// catch (it)"]),
    "bare-new-delete": (
        ["auto* p = new Foo();", "delete p;", "delete[] p;", "free(p);", "return new int[3];", "::new int;"],
        ["Foo(const Foo&) = delete;", "void* operator new(std::size_t);", "new (&storage) Foo;", "int new_size = 3;", "is_new(x);",
         "void operator delete(void*);", "::new (&storage) Foo;",
         "return std::unique_ptr<Foo>(new Foo(x));", "std::unique_ptr<Foo> foo(new Foo);"],
    ),
    "print": (
        ['printf("x");', "std::cout << x;", 'std::fprintf(stderr, "x");', 'fmt::print("x");'],
        ['snprintf(buffer, 3, "x");', "writer.puts(x);", 'fmt::format("x");'],
    ),
    "syscalls-outside-net": (
        ["#include <sys/epoll.h>", "#include <openssl/ssl.h>", "int fd = ::socket(AF_INET, 0, 0);", "  ::send(fd, p, n, 0);"],
        ["#include <openssl/evp.h>", "upstream.send(x);", "net::connect(x);", "pool->bind(x);", "Socket::listen(x);"],
    ),
    "left-over": (["// TODO: later", "// FIXME", "int x;  // XXX"], ["// mastodon", "int todo_count;"]),
}


def rules_broken_by(line):
    return {rule for _, rule, _ in tidy.broken_rules("src/json/a.cc", line + "\n", CONFIG["rule"])}


class Rules(unittest.TestCase):
    def test_each_rule_has_cases(self):
        self.assertEqual(set(CASES), {rule["name"] for rule in CONFIG["rule"]})

    def test_each_rule_has_a_reason(self):
        for rule in CONFIG["rule"]:
            self.assertGreater(len(rule["reason"]), 20, rule["name"])

    def test_broken(self):
        for name, (broken, _) in CASES.items():
            for line in broken:
                with self.subTest(rule=name, line=line):
                    self.assertIn(name, rules_broken_by(line))

    def test_kept(self):
        for name, (_, kept) in CASES.items():
            for line in kept:
                with self.subTest(rule=name, line=line):
                    self.assertNotIn(name, rules_broken_by(line))

    def test_line_number_and_excuse(self):
        text = "// Text.\n\nauto t = std::chrono::system_clock::now();\n"
        self.assertEqual([line for line, _, _ in tidy.broken_rules("src/json/a.cc", text, CONFIG["rule"])], [3])
        self.assertEqual(list(tidy.broken_rules("src/base/clock.cc", text, CONFIG["rule"])), [])


class Names(unittest.TestCase):
    def test_banned(self):
        names = CONFIG["names"]
        for name in ("src/json/utils.h", "src/common/a.h", "src/json/json_utils.cc", "src/net/connection_manager.h"):
            self.assertIsNotNone(tidy.banned_name(name, names), name)
        for name in ("src/json/writer.h", "src/json/utilisation.h", "docs/common.md"):
            self.assertIsNone(tidy.banned_name(name, names), name)

    def test_readme(self):
        names = ["src/json/a.cc", "src/net/a.h", "src/net/README.md", "src/empty/CMakeLists.txt"]
        self.assertEqual(tidy.folders_without_readme(names), ["json"])


class Headers(unittest.TestCase):
    def test_purpose_and_pragma(self):
        self.assertEqual(list(tidy.broken_header("// What it is.\n#pragma once\n")), [])
        self.assertEqual([rule for _, rule, _ in tidy.broken_header("#pragma once\n")], ["header-purpose"])
        self.assertEqual([rule for _, rule, _ in tidy.broken_header("// What it is.\n")], ["pragma-once"])


class Sizes(unittest.TestCase):
    def test_long_function_is_listed_from_its_head(self):
        body = "  step();\n" * 80
        text = f"namespace a {{\n\nint f(int x,\n      int y) const {{\n{body}}}\n\nint g() {{\n  return 1;\n}}\n\n}}  // namespace a\n"
        self.assertEqual(list(tidy.long_functions(text, 70)), [(3, 83)])

    def test_loops_and_namespaces_are_not_functions(self):
        body = "    step();\n" * 80
        self.assertEqual(list(tidy.long_functions(f"namespace a {{\n{body}}}\n", 70)), [])
        self.assertEqual([at for at, _ in tidy.long_functions(f"int f() {{\n  if (x) {{\n{body}  }}\n}}\n", 70)], [1])


if __name__ == "__main__":
    unittest.main()
