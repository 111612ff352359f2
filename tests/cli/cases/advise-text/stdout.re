sum_squares, reduce, n = 1000

1\. is there a better serial method\? yes \(the closed form (?s:.*)
2\. is it worth parallelising\? no \(serial takes (?s:.*)
3\. does it wait or compute\? (?s:.*)
4\. one machine or several\? one \(items and results are 16 bytes(?s:.*)
5\. which model, workers, schedule, grain\? serial \(nothing else pays at this n\)

    parallax run reduce sum_squares -n 1000 --seed 7 -m serial

(?s:.*)1
    parallax run map square -n 0 -m serial
